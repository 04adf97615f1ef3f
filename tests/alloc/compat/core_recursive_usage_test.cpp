#include <cstdint>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/compat/core_recursive_usage.hpp>

namespace {

// As Core's, outside of every namespace: nothing but the header itself can find the functions.
struct global_input {
  struct {
    std::uint64_t hash[4];
    std::uint32_t n;
  } prevout;
  std::vector<unsigned char> scriptSig;
  struct {
    std::vector<std::vector<unsigned char>> stack;
  } scriptWitness;
};
struct global_output {
  std::int64_t nValue;
  std::vector<unsigned char> scriptPubKey;
};
struct global_transaction {
  std::vector<global_input> vin;
  std::vector<global_output> vout;
};
struct global_block {
  std::vector<std::shared_ptr<const global_transaction>> vtx;
};
struct global_locator {
  std::vector<std::uint64_t> vHave;
};

}  // namespace

namespace nearmem {
namespace {

TEST(core_recursive_usage, goes_through_pointers_to_types_of_no_namespace) {
  using memusage::DynamicUsage;
  using memusage::MallocUsage;
  using memusage::RecursiveDynamicUsage;
  const auto transaction = std::make_shared<const global_transaction>();
  const auto all = std::make_shared<const global_block>(global_block{{transaction}});
  EXPECT_EQ(RecursiveDynamicUsage(all), DynamicUsage(all) + RecursiveDynamicUsage(*all));
  EXPECT_EQ(RecursiveDynamicUsage(*all), MallocUsage(16) + DynamicUsage(transaction));
  const auto locator = std::make_shared<global_locator>(global_locator{{1, 2, 3}});
  EXPECT_EQ(RecursiveDynamicUsage(locator), DynamicUsage(locator) + MallocUsage(24));
  const auto nested = std::make_shared<const std::shared_ptr<const global_transaction>>();
  EXPECT_EQ(RecursiveDynamicUsage(nested), DynamicUsage(nested));
}

// Core's types, as far as their memory goes.

struct script_type {
  std::size_t held = 0;

  std::size_t allocated_memory() const { return held; }
};
struct outpoint {
  std::uint64_t hash[4];
  std::uint32_t n;
};
struct witness {
  std::vector<std::vector<unsigned char>> stack;
};
struct input {
  outpoint prevout;
  script_type scriptSig;
  std::uint32_t nSequence;
  witness scriptWitness;
};
struct output {
  std::int64_t nValue;
  script_type scriptPubKey;
};
struct transaction {
  std::vector<input> vin;
  std::vector<output> vout;
};
struct block {
  std::vector<std::shared_ptr<const transaction>> vtx;
};
struct locator {
  std::vector<std::uint64_t> vHave;
};

transaction spend() {
  transaction tx;
  tx.vin.resize(2);
  tx.vin[0].scriptSig.held = 100;
  tx.vin[1].scriptWitness.stack = {std::vector<unsigned char>(71), std::vector<unsigned char>(33)};
  tx.vout.resize(1);
  tx.vout[0].scriptPubKey.held = 40;
  return tx;
}

std::size_t spend_usage() {
  using memusage::MallocUsage;
  return MallocUsage(2 * sizeof(input)) + MallocUsage(sizeof(output)) + MallocUsage(100) +
         MallocUsage(40) + MallocUsage(2 * sizeof(std::vector<unsigned char>)) + MallocUsage(71) +
         MallocUsage(33);
}

TEST(core_recursive_usage, of_a_transaction_is_all_that_hangs_on_it) {
  EXPECT_EQ(memusage::RecursiveDynamicUsage(spend()), spend_usage());
  EXPECT_EQ(memusage::RecursiveDynamicUsage(transaction()), 0U);
}

TEST(core_recursive_usage, of_the_parts) {
  EXPECT_EQ(memusage::RecursiveDynamicUsage(outpoint()), 0U);
  EXPECT_EQ(memusage::RecursiveDynamicUsage(script_type{100}), memusage::MallocUsage(100));
  EXPECT_EQ(memusage::RecursiveDynamicUsage(spend().vin[0]), memusage::MallocUsage(100));
  EXPECT_EQ(memusage::RecursiveDynamicUsage(spend().vout[0]), memusage::MallocUsage(40));
  EXPECT_EQ(memusage::RecursiveDynamicUsage(locator{{1, 2, 3}}), memusage::MallocUsage(24));
}

TEST(core_recursive_usage, of_a_block_counts_each_transaction_with_its_pointer) {
  const auto shared = std::make_shared<const transaction>(spend());
  const std::size_t one = memusage::MallocUsage(sizeof(transaction)) + 48 + spend_usage();
  EXPECT_EQ(memusage::RecursiveDynamicUsage(shared), one);
  EXPECT_EQ(memusage::RecursiveDynamicUsage(std::shared_ptr<const transaction>()), 0U);
  block full;
  full.vtx.assign(3, shared);
  EXPECT_EQ(memusage::RecursiveDynamicUsage(full), memusage::MallocUsage(48) + 3 * one);
}

}  // namespace
}  // namespace nearmem
