#include "examples/fullnode/coins_cache.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/examples/recording_resource.hpp"
#include "tests/examples/sample_blocks.hpp"
#include "tests/support/seed.hpp"

namespace nearmem::fullnode {
namespace {

class coins : public testing::Test {
 protected:
  transaction made(const sample_transaction& sample) {
    raw_bytes input = serialized(sample);
    byte_reader reader(input);
    return read_transaction(reader, hasher, &other_memory);
  }

  coins_cache::change connect(const sample_transaction& sample, std::uint32_t height = 1) {
    auto change = cache.connect(made(sample), height);
    EXPECT_EQ(cache.dynamic_usage(), memory.usage().charged);
    return change;
  }

  sha256 hasher;
  recording_resource other_memory;
  recording_resource memory;
  coins_cache cache{memory};
};

TEST_F(coins, cost_nothing_before_there_are_any) {
  EXPECT_EQ(memory.usage().blocks, 0u);
  EXPECT_EQ(cache.dynamic_usage(), 0u);
}

TEST_F(coins, come_from_outputs_and_go_with_inputs) {
  sample_transaction coinbase = sample_coinbase(1, 77);
  EXPECT_EQ(connect(coinbase, 12).added, 1u);
  const coin* found = cache.find({id_of(coinbase), 0});
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->value, 77);
  EXPECT_EQ(found->height, 12u);
  EXPECT_TRUE(found->from_coinbase);
  EXPECT_EQ(found->script, byte_string(25, std::byte{0x76}));

  sample_transaction spend{{{{id_of(coinbase), 0}}, {{id_of(coinbase), 1}}},
                           {{70, raw_bytes(23, std::byte{0xa9})}, {6, {}}}};
  coins_cache::change change = connect(spend);
  EXPECT_EQ(change.spent, 1u);
  EXPECT_EQ(change.missing, 1u);
  EXPECT_EQ(change.added, 2u);
  EXPECT_EQ(cache.find({id_of(coinbase), 0}), nullptr);
  ASSERT_NE(cache.find({id_of(spend), 1}), nullptr);
  EXPECT_FALSE(cache.find({id_of(spend), 1})->from_coinbase);
  EXPECT_EQ(cache.size(), 2u);
}

TEST_F(coins, are_not_made_of_outputs_that_nothing_can_spend) {
  raw_bytes op_return(40, std::byte{0x6a});
  sample_transaction sample{
      {{{hash256{}, 0}}},
      {{0, op_return}, {5, raw_bytes(10'001, std::byte{1})}, {5, raw_bytes(10'000, std::byte{1})}}};
  coins_cache::change change = connect(sample);
  EXPECT_EQ(change.unspendable, 2u);
  EXPECT_EQ(change.added, 1u);
  EXPECT_EQ(cache.find({id_of(sample), 0}), nullptr);
  EXPECT_NE(cache.find({id_of(sample), 2}), nullptr);
  EXPECT_TRUE(cache.audit());
}

TEST_F(coins, that_come_twice_are_replaced) {
  connect(sample_coinbase(1), 1);
  connect(sample_coinbase(1), 2);
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_EQ(cache.find({id_of(sample_coinbase(1)), 0})->height, 2u);
}

TEST_F(coins, are_charged_to_the_byte_in_any_order_of_coming_and_going) {
  std::mt19937_64 random(test_seed());
  std::vector<outpoint> unspent;
  for (int round = 0; round < 3000; ++round) {
    sample_transaction sample;
    for (std::uint64_t inputs = 1 + random() % 3; inputs > 0; --inputs) {
      if (unspent.empty() || random() % 8 == 0) {
        hash256 unknown;
        unknown.bytes[0] = static_cast<std::byte>(random());
        sample.inputs.push_back({{unknown, 1}});
      } else {
        std::swap(unspent[random() % unspent.size()], unspent.back());
        sample.inputs.push_back({unspent.back()});
        unspent.pop_back();
      }
    }
    for (std::uint64_t outputs = 1 + random() % 3; outputs > 0; --outputs) {
      sample.outputs.push_back({round, raw_bytes(random() % 60, std::byte{0x51})});
    }
    connect(sample);
    for (std::uint32_t i = 0; i < sample.outputs.size(); ++i) {
      unspent.push_back({id_of(sample), i});
    }
  }
  EXPECT_EQ(cache.size(), unspent.size());
  EXPECT_TRUE(cache.audit());
}

}  // namespace
}  // namespace nearmem::fullnode
