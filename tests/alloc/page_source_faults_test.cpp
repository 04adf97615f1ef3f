#include <cerrno>
#include <cstring>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "tests/alloc/simulated_machine.hpp"

// Every call to the kernel is made to fail, one a run, until a run needs no more calls.
namespace nearmem {
namespace {

struct fault {
  int error;
  const char* name;
};

class page_source_faults : public testing::TestWithParam<fault> {};

bool is_zero(page_run run) {
  return run.data[0] == std::byte{0} && std::memcmp(run.data, run.data + 1, run.bytes - 1) == 0;
}

// The first and last byte of a run stand for the rest, which would take most of the test's time.
bool looks_zero(page_run run) {
  return run.data[0] == std::byte{0} && run.data[run.bytes - 1] == std::byte{0};
}

// One of everything; what was granted is checked, what was refused is passed over.
void live(page_source& source) {
  std::vector<page_run> runs;
  const page_request requests[] = {
      {.bytes = 1},
      {.bytes = 70000, .alignment = 65536},
      {.bytes = 1, .where = placement::preferred(node_id{3})},
      {.bytes = 2 * mebibyte + 5000, .where = placement::preferred(node_id{2})},
      {.bytes = 1, .where = placement::bind(node_id{4})},
      {.bytes = 2 * mebibyte + 1, .where = placement::bind(node_id{4})},
      {.bytes = 9000, .where = placement::interleave({node_id{1}, node_id{5}})},
      {.bytes = 1, .where = placement::first_touch()},
      {.bytes = 1, .huge_pages = true},
      {.bytes = 2 * mebibyte, .where = placement::bind(node_id{4}), .huge_pages = true},
  };
  for (int round = 0; round < 2; ++round) {
    for (const page_request& request : requests) {
      const page_grant grant = source.acquire(request);
      if (!grant.run) {
        ASSERT_NE(grant.failure, page_failure::none);
        continue;
      }
      ASSERT_EQ(grant.failure, page_failure::none);
      ASSERT_GE(grant.run.bytes, request.bytes);
      ASSERT_TRUE(looks_zero(grant.run));
      grant.run.data[0] = grant.run.data[grant.run.bytes - 1] = std::byte{0x5a};
      source.set_owner(grant.run, runs.data());
      runs.push_back(grant.run);
    }
    ASSERT_TRUE(source.audit());
    // Half of it goes now, so that the second round meets old chunks and new ones.
    for (std::size_t i = 0; i < runs.size(); i += 2) {
      source.release(runs[i]);
      runs[i] = runs.back();
      runs.pop_back();
    }
  }
  for (const page_run run : runs)
    source.release(run);
}

TEST_P(page_source_faults, leave_every_invariant_and_no_byte_behind) {
  std::size_t n = 0;
  for (;; ++n) {
    SCOPED_TRACE("call " + std::to_string(n));
    simulated_machine simulated;
    const this_thread::assumed_node here(node_id{0});
    {
      std::optional<page_source> source;
      simulated.kernel.fail_any(n, GetParam().error);
      try {
        source.emplace(simulated.hardware, simulated.kernel, simulated.slot);
      } catch (const std::bad_alloc&) {
        ADD_FAILURE() << "one refused reservation is made up for by a smaller one";
        continue;
      }
      live(*source);
      if (HasFatalFailure()) return;
      ASSERT_TRUE(source->audit());
      ASSERT_EQ(source->own_usage().committed, source->own_usage().footprint);
      // A purge that failed left pages in memory, zeroed; nothing else may.
      const bool purge_failed = simulated.kernel.resident_bytes() != source->own_usage().committed;
      if (purge_failed) {
        ASSERT_TRUE(simulated.kernel.has_failed());
        ASSERT_LE(simulated.kernel.resident_bytes(), source->own_usage().committed + 5 * mebibyte);
      }
      // Nothing is refused any more: everything is served, unless the answer was one that stays.
      const bool failed_before = simulated.kernel.has_failed();
      const page_grant after =
          source->acquire({.bytes = 3 * mebibyte, .where = placement::bind(node_id{4})});
      if (failed_before && (GetParam().error == ENOMEM || GetParam().error == EINVAL)) {
        ASSERT_EQ(after.outcome, binding_outcome::bound);
      }
      if (after.failure == page_failure::none) {
        ASSERT_EQ(after.outcome, binding_outcome::bound);
      }
      source->release(after.run);
    }
    ASSERT_EQ(simulated.kernel.reserved_bytes(), 0u);
    ASSERT_EQ(simulated.kernel.resident_bytes(), 0u);
    ASSERT_EQ(simulated.kernel.kills(), 0u);
    if (!simulated.kernel.has_failed()) break;
  }
  EXPECT_GT(n, 100u);
}

INSTANTIATE_TEST_SUITE_P(answers, page_source_faults,
                         testing::Values(fault{ENOMEM, "no_memory"}, fault{EPERM, "forbidden"},
                                         fault{EINVAL, "invalid"}, fault{ENOSYS, "unknown"}),
                         [](const testing::TestParamInfo<fault>& of) {
                           return std::string(of.param.name);
                         });

TEST(page_source_purge, that_fails_leaves_no_old_contents) {
  simulated_machine simulated;
  page_source source = simulated.make();
  const page_grant grant = source.acquire({.bytes = 5 * source.page_bytes()});
  std::memset(grant.run.data, 0xff, grant.run.bytes);
  simulated.kernel.fail(kernel_call::purge, 0, EINVAL);
  source.release(grant.run);
  ASSERT_TRUE(simulated.kernel.has_failed());
  const page_grant again = source.acquire({.bytes = grant.run.bytes});
  ASSERT_EQ(again.run.data, grant.run.data);
  EXPECT_TRUE(is_zero(again.run));
  source.release(again.run);
}

}  // namespace
}  // namespace nearmem
