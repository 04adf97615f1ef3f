#include "examples/fullnode/block_generator.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "examples/fullnode/coin.hpp"
#include "tests/examples/recording_resource.hpp"
#include "tests/examples/sample_blocks.hpp"

namespace nearmem::fullnode {
namespace {

class generated : public testing::Test {
 protected:
  std::vector<raw_bytes> blocks(const generation& wanted) {
    block_generator generator(wanted);
    std::vector<raw_bytes> made;
    while (auto next = generator.next(&memory)) {
      made.emplace_back(next->bytes.begin(), next->bytes.end());
    }
    EXPECT_FALSE(generator.next(&memory)) << "the end stays the end";
    return made;
  }

  block parsed(const raw_bytes& stored) {
    byte_reader reader(stored);
    block got = read_block(reader, hasher, &memory);
    EXPECT_EQ(reader.remaining(), 0u);
    return got;
  }

  recording_resource memory;
  sha256 hasher;
};

TEST_F(generated, blocks_are_a_chain_with_right_merkle_roots) {
  hash256 previous;
  std::uint32_t time = 0;
  std::vector<raw_bytes> chain = blocks({7, 5, 50});
  ASSERT_EQ(chain.size(), 5u);
  for (const raw_bytes& stored : chain) {
    block got = parsed(stored);  // which throws where the root is wrong
    EXPECT_EQ(got.header.previous, previous);
    EXPECT_GT(got.header.time, time);
    EXPECT_EQ(got.transactions.size(), 50u);
    EXPECT_TRUE(got.transactions[0].is_coinbase());
    previous = got.id;
    time = got.header.time;
  }
}

TEST_F(generated, blocks_are_the_same_for_the_same_seed_only) {
  EXPECT_EQ(blocks({7, 3, 40}), blocks({7, 3, 40}));
  EXPECT_NE(blocks({7, 3, 40}), blocks({8, 3, 40}));
  EXPECT_EQ(blocks({7, 2, 40})[1], blocks({7, 3, 40})[1]) << "the count changes no block";
}

TEST_F(generated, blocks_may_be_small) {
  std::vector<raw_bytes> chain = blocks({1, 2, 1});
  ASSERT_EQ(chain.size(), 2u);
  EXPECT_EQ(parsed(chain[0]).transactions.size(), 1u);
  EXPECT_NE(parsed(chain[0]).transactions[0].id, parsed(chain[1]).transactions[0].id);
  EXPECT_TRUE(blocks({1, 0, 10}).empty());
}

TEST_F(generated, inputs_spend_the_chain_as_often_as_stated) {
  std::set<outpoint> earlier;
  std::size_t of_same_block = 0;
  std::size_t of_earlier = 0;
  std::size_t inputs = 0;
  std::set<outpoint> spent;
  std::set<hash256> ids;
  for (const raw_bytes& stored : blocks({3, 20, 300})) {
    block got = parsed(stored);
    std::set<outpoint> same_block;
    for (const transaction& each : got.transactions) {
      EXPECT_TRUE(ids.insert(each.id).second) << "an id of its own";
      for (const transaction_input& input : each.inputs) {
        if (each.is_coinbase()) continue;
        EXPECT_TRUE(spent.insert(input.spends).second) << "nothing is spent twice";
        ++inputs;
        of_same_block += same_block.contains(input.spends);
        of_earlier += earlier.contains(input.spends);
      }
      for (std::uint32_t i = 0; i < each.outputs.size(); ++i) {
        if (!is_unspendable(each.outputs[i].script)) same_block.insert({each.id, i});
      }
    }
    earlier.insert(same_block.begin(), same_block.end());
  }
  auto all = static_cast<double>(inputs);
  EXPECT_NEAR(static_cast<double>(of_same_block) / all, 0.06, 0.01);
  EXPECT_NEAR(static_cast<double>(of_earlier) / all, 0.34, 0.04);
}

// The outputs of the block before are more than may be remembered: nothing older is spent.
TEST_F(generated, inputs_spend_no_more_than_is_remembered) {
  std::map<hash256, std::size_t> block_of;
  std::size_t number = 0;
  std::size_t of_block_before = 0;
  for (const raw_bytes& stored : blocks({3, 8, 300, 200})) {
    const block got = parsed(stored);
    for (const transaction& each : got.transactions) {
      for (const transaction_input& input : each.inputs) {
        const auto found = block_of.find(input.spends.transaction);
        if (found == block_of.end()) continue;
        EXPECT_GE(found->second + 1, number);
        of_block_before += found->second + 1 == number;
      }
      block_of.emplace(each.id, number);
    }
    ++number;
  }
  EXPECT_GT(of_block_before, 100u);
}

TEST_F(generated, blocks_leave_nothing_in_the_memory_they_were_given) {
  blocks({1, 3, 20});
  EXPECT_EQ(memory.usage().blocks, 0u);
}

}  // namespace
}  // namespace nearmem::fullnode
