#include "examples/fullnode/mempool.hpp"

#include <algorithm>
#include <cstdint>
#include <new>
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

class mempools : public testing::Test {
 protected:
  // A transaction with an id of its own.
  transaction made(std::uint32_t number, std::size_t script_bytes = 100) {
    sample_transaction sample{{{{hash256{}, number}, raw_bytes(script_bytes, std::byte{1})}},
                              {{1, raw_bytes(25, std::byte{2})}}};
    raw_bytes input = serialized(sample);
    byte_reader reader(input);
    return read_transaction(reader, hasher, &other_memory);
  }

  sha256 hasher;
  recording_resource other_memory;
  recording_resource memory;
  mempool pool{memory};
};

TEST_F(mempools, cost_nothing_before_anything_waits) {
  // A list's and a tree's heads lie in the object.
  EXPECT_EQ(memory.usage().blocks, 0u);
  EXPECT_EQ(pool.dynamic_usage(), 0u);
}

TEST_F(mempools, hold_a_copy_until_a_block_confirms_it) {
  transaction a = made(1);
  EXPECT_TRUE(pool.enter(a, 10));
  EXPECT_FALSE(pool.enter(a, 10)) << "it is there already";
  ASSERT_NE(pool.find(a.id), nullptr);
  EXPECT_NE(&pool.find(a.id)->content, &a);
  EXPECT_EQ(pool.find(a.id)->content.inputs[0].script, a.inputs[0].script);
  EXPECT_EQ(pool.dynamic_usage(), memory.usage().charged);
  EXPECT_TRUE(pool.confirm(a.id));
  EXPECT_FALSE(pool.confirm(a.id)) << "it is gone already";
  EXPECT_EQ(pool.size(), 0u);
  EXPECT_EQ(pool.dynamic_usage(), memory.usage().charged);
}

TEST_F(mempools, order_by_fee_for_a_byte_and_by_age) {
  transaction small = made(1, 0);
  transaction large = made(2, 1000);
  transaction middle = made(3, 400);
  pool.enter(small, 100);  // the highest rate by far
  pool.enter(large, 150);  // the highest fee, the lowest rate
  pool.enter(middle, 120);
  EXPECT_EQ(pool.best().content.id, small.id);
  EXPECT_EQ(pool.worst().content.id, large.id);
  EXPECT_EQ(pool.oldest().content.id, small.id);
  pool.confirm(small.id);
  EXPECT_EQ(pool.best().content.id, middle.id);
  EXPECT_EQ(pool.oldest().content.id, large.id);
}

TEST_F(mempools, compare_the_largest_fees_without_overflow) {
  transaction small = made(1, 0);
  transaction large = made(2, 60'000);
  constexpr std::int64_t all_money = 2'100'000'000'000'000;
  pool.enter(large, all_money);
  pool.enter(small, all_money - 1);
  EXPECT_EQ(pool.best().content.id, small.id);
}

TEST_F(mempools, agree_with_their_indices_after_any_order_of_coming_and_going) {
  std::mt19937_64 random(test_seed());
  std::vector<hash256> waiting;
  for (std::uint32_t round = 0; round < 4000; ++round) {
    if (waiting.empty() || random() % 5 < 3) {
      transaction arrived = made(round, random() % 300);
      EXPECT_TRUE(pool.enter(arrived, static_cast<std::int64_t>(random() % 1000)));
      waiting.push_back(arrived.id);
    } else {
      std::swap(waiting[random() % waiting.size()], waiting.back());
      EXPECT_TRUE(pool.confirm(waiting.back()));
      waiting.pop_back();
    }
    ASSERT_EQ(pool.dynamic_usage(), memory.usage().charged);
    if (round % 500 == 0) {
      ASSERT_TRUE(pool.audit());
    }
  }
  EXPECT_EQ(pool.size(), waiting.size());
  EXPECT_TRUE(pool.audit());
  EXPECT_TRUE(std::ranges::is_sorted(pool.fee_index(), by_fee_rate()));
}

TEST_F(mempools, stay_as_they_were_where_memory_runs_out) {
  for (std::uint32_t i = 0; i < 20; ++i)
    pool.enter(made(i), i);
  transaction arrived = made(1000);
  for (std::size_t requests = 0;; ++requests) {
    ASSERT_LT(requests, 100u);
    memory.fail_after(requests);
    try {
      pool.enter(arrived, 5);
      break;
    } catch (const std::bad_alloc&) {
    }
    EXPECT_EQ(pool.size(), 20u);
    EXPECT_EQ(pool.find(arrived.id), nullptr);
    EXPECT_TRUE(pool.audit());
    EXPECT_EQ(pool.dynamic_usage(), memory.usage().charged);
  }
  EXPECT_EQ(pool.size(), 21u);
  EXPECT_TRUE(pool.audit());
}

}  // namespace
}  // namespace nearmem::fullnode
