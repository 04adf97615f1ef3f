#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sched.h>

#include <nearmem/topology/rseq_node.hpp>

namespace nearmem {
namespace {

// True if the field agreed with the kernel at one of several looks: the thread may be moved between
// reading the one and asking the other.
bool agrees() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    unsigned cpu = 0;
    unsigned node = 0;
    if (::getcpu(&cpu, &node) == 0 && rseq_node() == node) return true;
  }
  return false;
}

TEST(rseq_node, agrees_with_getcpu_in_every_thread) {
  if (!has_rseq_node()) GTEST_SKIP() << "this kernel or C library keeps no node per thread";
  EXPECT_TRUE(agrees());
  for (int i = 0; i < 4; ++i) {
    bool agreed = false;
    std::thread([&] { agreed = agrees(); }).join();
    EXPECT_TRUE(agreed);
  }
}

TEST(rseq_node, is_there_or_not_for_good) {
  const bool here = has_rseq_node();
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(has_rseq_node(), here);
}

}  // namespace
}  // namespace nearmem
