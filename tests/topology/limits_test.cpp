#include <cstddef>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nearmem/topology/limits.hpp>
#include <nearmem/topology/procfs.hpp>

namespace nearmem {
namespace {

TEST(limits, are_those_that_the_files_state) {
  const process_limits limits = read_process_limits();
  EXPECT_EQ(limits.cgroup_bytes, cgroup_memory_bound());
  EXPECT_EQ(limits.allowed_nodes, allowed_nodes().value_or(node_set{}));
  EXPECT_EQ(limits.inherited_policy, inherited_memory_policy());
  EXPECT_EQ(limits.overcommit, overcommit_mode().value_or(0));
  EXPECT_EQ(limits.huge_pages, huge_page_mode());
  EXPECT_EQ(limits.numa_balancing, numa_balancing_enabled());
}

TEST(limits, have_the_bound_of_the_address_space) {
  // In a child, so that no other test lives under the bound. Sanitizers reserve terabytes, hence
  // a bound beyond anything that is mapped.
  constexpr ::rlim_t bound = ::rlim_t{1} << 60;
  const ::pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) != 0) ::_exit(1);
    if (limit.rlim_cur != RLIM_INFINITY) ::_exit(77);
    if (read_process_limits().address_space_bytes) ::_exit(2);
    limit.rlim_cur = bound;
    if (::setrlimit(RLIMIT_AS, &limit) != 0) ::_exit(3);
    ::_exit(read_process_limits().address_space_bytes == std::size_t{bound} ? 0 : 4);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "the address space is bounded already";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace nearmem
