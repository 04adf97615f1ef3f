#include "examples/fullnode/node_run.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "examples/fullnode/run_json.hpp"
#include "examples/fullnode/run_table.hpp"
#include "tests/support/scratch_folder.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

class node_runs : public testing::Test {
 protected:
  run_options options(scenario what, std::uint64_t transactions) {
    run_options made;
    made.what = what;
    made.config.budget = 32 * mebibyte;
    made.transactions = transactions;
    made.folder = folder.path("node");
    made.sample_every = 500;
    made.wallet_coins = 20'000;
    return made;
  }

  // Runs it; everything that has to hold at every sample does.
  run_result run(const run_options& wanted) {
    node_run running(wanted);
    samples.clear();
    run_result result = running.run([&](const run_sample& now) { samples.push_back(now); });
    for (const identity& each : result.identities)
      EXPECT_TRUE(each.holds) << each.name;
    for (const run_sample& now : samples) {
      for (const component_sample& each : now.components) {
        EXPECT_LE(each.footprint, each.limit) << each.name;
        EXPECT_LE(each.peak_footprint, each.limit) << each.name;
      }
    }
    EXPECT_GE(result.last.transactions, wanted.transactions);
    EXPECT_EQ(result.samples, samples.size());
    return result;
  }
  static const component_sample& part_of(const run_result& result, part which) {
    return result.last.components[static_cast<std::size_t>(which)];
  }

  scratch_folder folder;
  std::vector<run_sample> samples;
};

TEST_F(node_runs, live_steadily) {
  const run_result result = run(options(scenario::steady, 20'000));
  EXPECT_GT(result.counts.admitted, 15'000u);
  EXPECT_GT(result.counts.adopted, 10u);
  EXPECT_GT(result.counts.conflicts, 10u);
  EXPECT_GT(result.counts.confirmed, 5'000u);
  EXPECT_EQ(result.counts.coins_missing, 0u);
  EXPECT_GT(samples.size(), 30u);
}

// Four parts of one load, once what is to fill is full.
TEST_F(node_runs, leave_nothing_behind_however_long_they_last) {
  run_options wanted = options(scenario::steady, 60'000);
  wanted.config.mempool_expires_after = 8'000;
  wanted.config.parts[static_cast<std::size_t>(part::coins)] = 2 * mebibyte;  // many cycles
  const run_result result = run(wanted);
  ASSERT_EQ(result.quarters.size(), 4u);
  const std::size_t second = result.quarters[1].footprint;
  EXPECT_LE(result.quarters[3].footprint, second + second / 10);
  // Over whole cycles, wherever in them the quarters ended.
  ASSERT_TRUE(result.last_against_second);
  EXPECT_LT(result.last_against_second->footprint.value, 1.0 * mebibyte);
  EXPECT_LT(result.idle_footprint, 4 * mebibyte);
}

TEST_F(node_runs, survive_a_flood_and_give_its_memory_back) {
  const run_result result = run(options(scenario::flood, 60'000));
  EXPECT_GT(part_of(result, part::mempool).evictions.full, 10'000u);
  const std::size_t limit = part_of(result, part::mempool).limit;
  EXPECT_GT(part_of(result, part::mempool).peak_footprint, limit / 8 * 7);
  EXPECT_LT(part_of(result, part::mempool).footprint, limit / 4) << "the flood is over";
}

TEST_F(node_runs, undo_blocks_and_connect_others) {
  run_options wanted = options(scenario::reorg, 23'000);
  const run_result result = run(wanted);
  EXPECT_GE(result.counts.disconnected, 2u);
  EXPECT_EQ(result.counts.coins_missing, 0u);
}

TEST_F(node_runs, bound_those_who_send_orphans) {
  const run_result result = run(options(scenario::orphans, 20'000));
  EXPECT_GT(result.counts.orphaned, 5'000u);
  EXPECT_GT(result.counts.adopted, 1'000u);
  EXPECT_GT(part_of(result, part::orphans).evictions.full, 1'000u);
  EXPECT_EQ(result.counts.coins_missing, 0u);
}

TEST_F(node_runs, read_blocks_ahead) {
  run_options wanted = options(scenario::ibd, 20'000);
  wanted.config.budget = 64 * mebibyte;
  const run_result result = run(wanted);
  EXPECT_EQ(result.counts.confirmed, result.last.transactions);
  EXPECT_GT(part_of(result, part::prefetch).evictions.lru, 0u);
}

TEST_F(node_runs, know_private_transactions_by_their_key_images) {
  run_options wanted = options(scenario::steady, 6'000);
  wanted.shape = profile::priv;
  wanted.config.mempool_most_transactions = 1'000;
  const run_result result = run(wanted);
  EXPECT_GT(result.counts.conflicts, 5u);
  for (const run_sample& now : samples)
    EXPECT_LE(now.components.front().objects, 1'000u);
  wanted.what = scenario::ibd;
  wanted.shape = profile::minting;
  wanted.folder = folder.path("other");
  run(wanted);
}

// The rule of a network, in a whole node: the 10,001st lets the lowest fee go.
TEST_F(node_runs, hold_ten_thousand_private_transactions_within_a_tenth) {
  run_options wanted = options(scenario::flood, 15'900);  // of which two thirds are the flood
  wanted.shape = profile::priv;
  wanted.config.budget = 200 * mebibyte;
  wanted.config.mempool_most_transactions = 10'000;
  wanted.sample_every = 100;
  const run_result result = run(wanted);
  std::size_t full = 0;
  for (const run_sample& now : samples) {
    const component_sample& mempool = now.components.front();
    EXPECT_LE(mempool.objects, 10'000u);
    if (mempool.objects != 10'000) continue;
    ++full;
    EXPECT_GT(mempool.charged, 10'000u * 3'800);
    EXPECT_LE(mempool.footprint, mempool.charged + mempool.charged / 10);
  }
  EXPECT_GT(full, 0u);
  EXPECT_GT(part_of(result, part::mempool).evictions.full, 0u);
}

TEST_F(node_runs, take_many_threads) {
  run_options wanted = options(scenario::steady, 12'000);
  wanted.threads = 4;
  const run_result result = run(wanted);
  EXPECT_GT(result.counts.admitted, 9'000u);
  wanted.what = scenario::ibd;
  wanted.config.budget = 64 * mebibyte;
  wanted.folder = folder.path("other");
  run(wanted);
}

TEST_F(node_runs, name_the_component_that_leaks) {
  for (std::size_t i = 0; i < part_names.size(); ++i) {
    run_options wanted = options(scenario::steady, 20'000);
    wanted.leak = static_cast<part>(i);
    wanted.folder = folder.path(part_names[i]);
    node_run running(wanted);
    const run_result result = running.run({});
    EXPECT_EQ(result.last.suspected_leaks, std::vector<std::string>{std::string(part_names[i])});
    ASSERT_NE(result.broken(), nullptr);
    EXPECT_EQ(result.broken()->name, "no component grows without removals");
  }
}

TEST_F(node_runs, live_on_every_resource) {
  for (const resource_kind kind :
       {resource_kind::new_delete, resource_kind::std_pool, resource_kind::core_pool}) {
    run_options wanted = options(scenario::steady, 8'000);
    wanted.kind = kind;
    wanted.folder = folder.path(to_string(kind));
    EXPECT_GT(run(wanted).counts.admitted, 5'000u) << to_string(kind);
  }
}

TEST_F(node_runs, are_the_same_every_time) {
  run_options wanted = options(scenario::steady, 8'000);
  const run_result one = run(wanted);
  wanted.folder = folder.path("other");
  const run_result other = run(wanted);
  ASSERT_EQ(one.last.components.size(), other.last.components.size());
  for (std::size_t i = 0; i < one.last.components.size(); ++i) {
    EXPECT_EQ(one.last.components[i].charged, other.last.components[i].charged);
    EXPECT_EQ(one.last.components[i].objects, other.last.components[i].objects);
  }
}

TEST_F(node_runs, are_told_to_people_and_to_programs) {
  const run_options wanted = options(scenario::steady, 3'000);
  const run_result result = run(wanted);
  const std::string table = to_table(result, wanted);
  for (const std::string_view name : part_names)
    EXPECT_NE(table.find(std::string("\n") + std::string(name)), std::string::npos) << name;
  EXPECT_EQ(table.find("BROKEN"), std::string::npos);
  const compared_run compared = compared_from_json(to_json(result, wanted));
  EXPECT_EQ(compared.resource, "nearmem");
  EXPECT_EQ(compared.peak_footprint, result.peak_footprint);
  EXPECT_GT(compared.charged, 0u);
  const std::string side_by_side = to_table(std::vector<compared_run>{compared, compared});
  EXPECT_EQ(std::ranges::count(side_by_side, '\n'), 3);
  EXPECT_THROW(compared_from_json("no JSON"), std::runtime_error);
}

TEST_F(node_runs, tell_how_the_last_quarter_stands_to_the_second) {
  const run_options wanted = options(scenario::steady, 1'000);
  run_result result = run(wanted);
  EXPECT_EQ(to_table(result, wanted).find("whole cycles"), std::string::npos) << "there were none";
  EXPECT_TRUE(nlohmann::json::parse(to_json(result, wanted)).at("last_against_second").is_null());
  result.last_against_second = {{3.0 * mebibyte, 0.5 * mebibyte}, std::nullopt, "coins"};
  EXPECT_NE(to_table(result, wanted)
                .find("\nlast quarter against the second, over whole cycles: footprints +3.0 MiB "
                      "+- 1.0 MiB: higher, most of all coins\n"),
            std::string::npos);
  result.last_against_second = {
      {-3.0 * mebibyte, 0.5 * mebibyte}, mean_difference{1.0 * mebibyte, 2.0 * mebibyte}, ""};
  EXPECT_NE(to_table(result, wanted)
                .find(": footprints -3.0 MiB +- 1.0 MiB, RSS +1.0 MiB +- 4.0 MiB: no higher\n"),
            std::string::npos);
  const auto told = nlohmann::json::parse(to_json(result, wanted)).at("last_against_second");
  EXPECT_EQ(told.at("higher"), false);
  EXPECT_EQ(told.at("footprint").at("bytes"), -3 * static_cast<std::int64_t>(mebibyte));
  EXPECT_EQ(told.at("resident").at("error"), 2 * mebibyte);
}

}  // namespace
}  // namespace nearmem::fullnode
