#include "tools/kernels/allocator_paths.hpp"

#include <gtest/gtest.h>

#include "tests/tools/kernels/pages_here.hpp"

namespace nearmem::measure {
namespace {

TEST(allocator_paths, walks_every_path) {
  const pages_here here;
  const std::vector<unsigned> cpus = here.cpus();
  if (!here.hardware.is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  allocator_paths paths;
  for (const allocator_path what : {allocator_path::slab_pair, allocator_path::shared_pair,
                                    allocator_path::bump, allocator_path::remote_free}) {
    for (const std::size_t times : {1U, 2500U}) {
      const std::optional<double> each = paths.pass(what, times, here.hardware, cpus.back());
      ASSERT_TRUE(each) << to_string(what);
      EXPECT_GT(*each, 0) << to_string(what);
    }
  }
}

TEST(allocator_paths, frees_itself_what_no_other_thread_can) {
  const pages_here here;
  allocator_paths paths;
  EXPECT_FALSE(paths.pass(allocator_path::remote_free, 1, here.hardware, 4'000'000'000U));
}

}  // namespace
}  // namespace nearmem::measure
