#include "examples/fullnode/memtable.hpp"

#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/scratch_folder.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::size_t limit = std::size_t{1} << 20;

// As a hash is: every byte as good as dice.
hash256 id_of(std::uint64_t number) {
  hash256 id;
  std::uint64_t word = number;
  for (std::size_t at = 0; at < id.bytes.size(); at += sizeof word) {
    word = (word ^ (word >> 31)) * 0x9e37'79b9'7f4a'7c15;
    word ^= word >> 29;
    std::memcpy(id.bytes.data() + at, &word, sizeof word);
  }
  return id;
}

class memtables : public testing::TestWithParam<resource_kind> {
 protected:
  component_options options(std::size_t bytes = limit) {
    return {"memtable", bytes, &node, GetParam(), nullptr};
  }

  scratch_folder folder;
  budget node{"node", 16 * limit};
  node_database database{folder.path("node")};
};

TEST_P(memtables, find_what_was_added_before_and_after_a_flush) {
  memtable table(options(), database);
  for (std::uint64_t i = 1; i <= 2'000; ++i)
    table.add(id_of(i), i);
  table.add(id_of(7), 999);
  EXPECT_EQ(table.size(), 2'000u) << "an id is entered once";
  EXPECT_EQ(table.find(id_of(7)), 7u);
  EXPECT_FALSE(table.find(id_of(5'000)));
  EXPECT_TRUE(table.audit());
  const component_sample seen = table.sample();
  EXPECT_EQ(seen.objects, 2'000u);
  EXPECT_EQ(seen.owned, seen.charged);
  table.flush();
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.sample().charged, 0u);
  EXPECT_EQ(table.sample().evictions.flushed, 2'000u);
  EXPECT_EQ(table.find(id_of(7)), 7u);
}

TEST_P(memtables, take_several_writers_and_stay_within_the_budget) {
  constexpr std::uint64_t threads = 4;
  constexpr std::uint64_t each = 12'000;
  memtable table(options(), database);
  {
    std::vector<std::jthread> writers;
    for (std::uint64_t thread = 0; thread < threads; ++thread) {
      writers.emplace_back([&, thread] {
        // Every id is added by two of them.
        for (std::uint64_t i = 1; i <= each; ++i) {
          const std::uint64_t number = thread / 2 * each + i;
          table.add(id_of(number), number);
          ASSERT_LE(table.memory().budget().used(), limit);
        }
      });
    }
  }
  EXPECT_TRUE(table.audit());
  EXPECT_GT(table.sample().evictions.flushed, 0u);
  for (std::uint64_t number = 1; number <= threads / 2 * each; number += 97)
    EXPECT_EQ(table.find(id_of(number)), number);
  table.flush();
  EXPECT_EQ(table.memory().budget().used(), 0u) << "it goes whole";
}

INSTANTIATE_TEST_SUITE_P(of_every_kind, memtables,
                         testing::Values(resource_kind::nearmem, resource_kind::new_delete,
                                         resource_kind::core_pool),
                         [](const auto& kind) { return std::string(to_string(kind.param)); });

}  // namespace
}  // namespace nearmem::fullnode
