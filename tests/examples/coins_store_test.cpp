#include "examples/fullnode/coins_store.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/scratch_folder.hpp"
#include "tests/support/seed.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::size_t limit = std::size_t{1} << 20;

class coins_stores : public testing::Test {
 protected:
  component_options options(std::size_t bytes = limit) {
    return {"coins", bytes, &node, resource_kind::nearmem, nullptr};
  }
  std::vector<std::byte> script(std::size_t bytes) {
    return std::vector<std::byte>(bytes, std::byte{0x76});
  }

  scratch_folder folder;
  budget node{"node", 64 * limit};
};

TEST_F(coins_stores, reload_what_was_flushed) {
  node_database database(folder.path("node"));
  coins_store coins(options(), database);
  coins.begin_change(1, 25);
  coins.add({{}, 1}, 50, script(25), 7, false);
  coins.end_change();
  coins.flush();
  EXPECT_EQ(coins.size(), 0u);
  EXPECT_EQ(coins.find_cached({{}, 1}), nullptr);
  const coin* found = coins.find({{}, 1});
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->value, 50);
  EXPECT_EQ(found->height, 7u);
  EXPECT_EQ(found->script.size(), 25u);
  EXPECT_EQ(coins.find({{}, 2}), nullptr);
  EXPECT_TRUE(coins.audit());
}

TEST_F(coins_stores, write_nothing_of_what_came_and_went_between_two_flushes) {
  node_database database(folder.path("node"));
  coins_store coins(options(), database);
  coins.begin_change(1, 25);
  coins.add({{}, 1}, 50, script(25), 7, false);
  EXPECT_TRUE(coins.spend({{}, 1}, [](const coin& spent) { EXPECT_EQ(spent.value, 50); }));
  coins.end_change();
  EXPECT_EQ(coins.size(), 0u);
  coins.begin_change(1, 0);
  EXPECT_FALSE(coins.spend({{}, 1}, [](const coin&) { FAIL(); }));
  coins.end_change();
}

// Random changes beside a model of the set; the budget forces flushes and reloads. What is on disk
// is the set as it was at the flush, exactly, and what a process that ends did not flush is all
// that is lost.
TEST_F(coins_stores, lose_nothing_however_often_they_flush) {
  struct model_coin {
    std::int64_t value;
    std::size_t script;
    bool operator==(const model_coin&) const = default;
  };
  using set = std::map<std::uint32_t, model_coin>;
  std::mt19937_64 random(test_seed());
  set flushed;
  std::uint64_t flushes = 0;
  const auto compare = [&](const node_database& database) {
    constexpr std::size_t head_bytes = 13;
    set stored;
    database.visit_coins([&](const outpoint& point, std::string_view text) {
      std::int64_t value = 0;
      std::copy_n(text.data(), sizeof value, reinterpret_cast<char*>(&value));
      stored[point.index] = {value, text.size() - head_bytes};
    });
    EXPECT_TRUE(stored == flushed);
  };
  for (int life = 0; life < 3; ++life) {
    node_database database(folder.path("node"));
    EXPECT_EQ(database.flushed().flushes, flushes);
    compare(database);
    set model = flushed;
    coins_store coins(options(), database);
    for (int change = 0; change < 6'000; ++change) {
      coins.begin_change(4, 4 * 200);
      if (database.flushed().flushes != flushes) {
        flushes = database.flushed().flushes;
        EXPECT_EQ(database.flushed().changes, coins.changes());
        flushed = model;
        compare(database);
      }
      for (int i = 0; i < 2; ++i) {
        const auto number = static_cast<std::uint32_t>(random() % 20'000);
        if (model.contains(number)) {
          EXPECT_TRUE(coins.spend({{}, number}, [&](const coin& spent) {
            EXPECT_EQ(spent.value, model.at(number).value);
            EXPECT_EQ(spent.script.size(), model.at(number).script);
          }));
          model.erase(number);
        } else {
          EXPECT_FALSE(coins.spend({{}, number}, [](const coin&) { FAIL(); }));
          const model_coin made{static_cast<std::int64_t>(random() % 1'000), random() % 200};
          coins.add({{}, number}, made.value, script(made.script), 1, random() % 8 == 0);
          model.emplace(number, made);
        }
      }
      coins.end_change();
      ASSERT_LE(coins.memory().usage().footprint, limit);
      ASSERT_EQ(database.flushed().flushes, flushes) << "a flush fell into a change";
    }
    EXPECT_TRUE(coins.audit());
  }
  EXPECT_GE(flushes, 3u);
}

}  // namespace
}  // namespace nearmem::fullnode
