#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/procfs.hpp>

namespace nearmem {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool sanitized = false;
#endif

TEST(page_process, has_one_source_of_live_memory) {
  page_source& source = page_source::process();
  EXPECT_EQ(&source, &page_source::process());
  EXPECT_TRUE(source.hardware().is_live());
  const binding_outcome local = source.probe(placement::local());
  EXPECT_NE(local, binding_outcome::simulated);
  const page_grant grant = source.acquire({.bytes = 1});
  ASSERT_TRUE(grant.run);
  EXPECT_EQ(grant.outcome, local);
  source.release(grant.run);
}

TEST(page_process, binds_as_its_probe_says) {
  page_source& source = page_source::process();
  const node_id here = source.hardware().nodes().front().id;
  const placement there = placement::bind(here);
  const page_grant grant = source.acquire({.bytes = 1, .where = there});
  EXPECT_EQ(grant.outcome, source.probe(there));
  EXPECT_EQ(grant.failure == page_failure::none, grant.outcome == binding_outcome::bound);
  source.release(grant.run);
  const placement nowhere = placement::bind(node_id{max_nodes - 1});
  EXPECT_EQ(source.probe(nowhere), binding_outcome::no_such_node);
  EXPECT_EQ(source.acquire({.bytes = 1, .where = nowhere}).failure, page_failure::bind_refused);
}

// By the kernel's word: the resident pages of the reservation are those that are out.
TEST(page_process, holds_in_memory_what_it_says) {
  page_source& source = page_source::process();
  std::vector<page_run> runs;
  std::vector<address_range> ranges;
  std::size_t bytes = 0;
  for (std::size_t i = 1; i <= 40; ++i) {
    runs.push_back(source.acquire({.bytes = i * 10000}).run);
    ASSERT_TRUE(runs.back());
    ranges.push_back({runs.back().data, runs.back().bytes});
    bytes += runs.back().bytes;
  }
  const auto resident = resident_bytes(ranges);
  for (const page_run run : runs)
    source.release(run);
  if (!resident) GTEST_SKIP() << "smaps cannot be read";
  EXPECT_EQ(*resident, bytes);
}

// A small machine, as a process sees it that may have 64 MiB of addresses in all.
[[noreturn]] void live_in_64_mebibytes() {
  const rlimit limit{std::size_t{64} << 20, std::size_t{64} << 20};
  if (::setrlimit(RLIMIT_AS, &limit) != 0) std::_Exit(2);
  page_source& source = page_source::process();
  std::vector<page_run> runs;
  for (int i = 0; i < 20; ++i) {
    const page_grant grant = source.acquire({.bytes = 100000});
    if (!grant.run) std::_Exit(3);
    grant.run.data[0] = std::byte{1};
    runs.push_back(grant.run);
  }
  for (const page_run run : runs)
    source.release(run);
  // malloc has room left beside the reservation.
  void* other = std::malloc(std::size_t{1} << 20);
  if (other == nullptr || !source.audit()) std::_Exit(4);
  std::free(other);
  std::_Exit(0);
}

TEST(page_process, lives_in_64_mebibytes_of_addresses) {
  if constexpr (sanitized) GTEST_SKIP() << "a sanitizer's shadow memory needs more addresses";
  // A process of its own, as this one may have its source already.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(live_in_64_mebibytes(), testing::ExitedWithCode(0), "");
}

TEST(page_process, says_why_it_does_not_use_what_was_measured) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto start = [] {
    set_diagnostic_sink([](const char* line) noexcept { std::fputs(line, stderr); });
    ::setenv("NEARMEM_MEASURED", "/nonexistent/measured.xml", 1);
    std::_Exit(page_source::process().hardware().measured() == nullptr ? 0 : 1);
  };
  EXPECT_EXIT(start(), testing::ExitedWithCode(0),
              "NEARMEM_MEASURED: /nonexistent/measured.xml: No such file or directory");
}

TEST(page_process, can_be_forked_while_others_hold_its_locks) {
  page_source& source = page_source::process();
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop) {
      const page_grant grant = source.acquire({.bytes = 1});
      if (grant.run) source.release(grant.run);
    }
  });
  const page_grant held = source.acquire({.bytes = 1});
  held.run.data[0] = std::byte{42};
  for (int i = 0; i < 20; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      const page_grant grant = source.acquire({.bytes = 100000});
      const bool works = grant.run && held.run.data[0] == std::byte{42};
      held.run.data[0] = std::byte{1};
      source.release(held.run);
      source.release(grant.run);
      std::_Exit(works ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  stop = true;
  busy.join();
  EXPECT_EQ(held.run.data[0], std::byte{42});
  source.release(held.run);
  EXPECT_TRUE(source.audit());
}

}  // namespace
}  // namespace nearmem
