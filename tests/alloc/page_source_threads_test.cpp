#include <atomic>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "tests/alloc/simulated_machine.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

// Threads on different nodes acquire and release in all ways; no page is ever given twice.
void hammer(page_source& source, const std::vector<placement>& ways, std::uint64_t seed,
            int steps) {
  std::atomic<bool> wrong{false};
  std::vector<std::thread> threads;
  for (std::uint32_t id = 0; id < 4; ++id) {
    threads.emplace_back([&, id] {
      const this_thread::assumed_node here(node_id{id});
      std::mt19937_64 random(seed + id);
      std::vector<page_run> runs;
      for (int i = 0; i < steps; ++i) {
        if (runs.size() < 20 && random() % 2 == 0) {
          const std::size_t bytes = 1 + random() % (random() % 16 == 0 ? 3 * mebibyte : 100 * 1024);
          const page_grant grant =
              source.acquire({.bytes = bytes, .where = ways[random() % ways.size()]});
          if (!grant.run) continue;
          for (std::size_t at = 0; at < grant.run.bytes; at += source.page_bytes()) {
            if (grant.run.data[at] != std::byte{0}) wrong = true;
            grant.run.data[at] = static_cast<std::byte>(id + 1);
          }
          source.set_owner(grant.run, &runs);
          runs.push_back(grant.run);
        } else if (!runs.empty()) {
          std::swap(runs[random() % runs.size()], runs.back());
          const page_run run = runs.back();
          runs.pop_back();
          for (std::size_t at = 0; at < run.bytes; at += source.page_bytes()) {
            if (run.data[at] != static_cast<std::byte>(id + 1)) wrong = true;
          }
          if (source.owner_of(run.data) != &runs) wrong = true;
          source.release(run);
        }
      }
      for (const page_run run : runs)
        source.release(run);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_FALSE(wrong);
  EXPECT_TRUE(source.audit());
}

TEST(page_source_threads, share_a_simulated_machine) {
  simulated_machine simulated;
  simulated.kernel.set_running_node(std::nullopt);
  page_source source = simulated.make();
  hammer(source,
         {placement::local(), placement::preferred(node_id{1}), placement::bind(node_id{2}),
          placement::interleave({node_id{4}, node_id{5}}), placement::first_touch()},
         test_seed(), 400);
  EXPECT_EQ(source.own_usage().committed, source.own_usage().footprint);
  EXPECT_EQ(simulated.kernel.resident_bytes(), source.own_usage().footprint);
  EXPECT_EQ(simulated.kernel.kills(), 0u);
}

TEST(page_source_threads, share_the_process) {
  hammer(page_source::process(),
         {placement::local(), placement::bind(node_id{0}), placement::interleave({node_id{0}}),
          placement::first_touch()},
         test_seed(), 400);
}

}  // namespace
}  // namespace nearmem
