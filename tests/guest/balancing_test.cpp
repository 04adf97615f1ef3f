// The kernel's NUMA balancing moves pages to the threads that use them, but not ours.
#include <chrono>
#include <cstring>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "lies_on.hpp"
#include "on_node.hpp"
#include "real_pages.hpp"

namespace nearmem {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

// Has the kernel look every 50 ms, not after a second and then every second, while it lives.
class eager_balancing {
 public:
  eager_balancing() {
    delay_ = exchange("scan_delay_ms", "50");
    period_ = exchange("scan_period_min_ms", "50");
  }
  ~eager_balancing() {
    exchange("scan_delay_ms", delay_);
    exchange("scan_period_min_ms", period_);
  }
  eager_balancing(const eager_balancing&) = delete;
  eager_balancing& operator=(const eager_balancing&) = delete;

 private:
  static std::string exchange(const std::string& name, const std::string& text) {
    const std::string path = "/sys/kernel/debug/sched/numa_balancing/" + name;
    const std::string before = text_of(path);
    std::ofstream(path) << text;
    return before;
  }

  std::string delay_;
  std::string period_;
};

void read_all(page_run run) {
  for (std::size_t at = 0; at < run.bytes; at += 64)
    static_cast<void>(*static_cast<volatile std::byte*>(run.data + at));
}

TEST(guest_balancing, moves_the_pages_of_others_and_leaves_ours) {
  ASSERT_EQ(text_of("/proc/sys/kernel/numa_balancing"), "1\n");
  const eager_balancing eager;
  real_pages pages;
  const node_id home = nodes_to_run_on().front();
  const node_id reader = nodes_to_run_on().back();
  const page_grant preferred = pages.acquire(mebibyte, placement::preferred(home));
  const page_grant bound = pages.acquire(mebibyte, placement::bind(home));
  ASSERT_TRUE(preferred.run && bound.run);
  // What the kernel may move it does: else this test would prove nothing.
  void* const memory =
      ::mmap(nullptr, mebibyte, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  ::madvise(memory, mebibyte, MADV_NOHUGEPAGE);
  const page_run other{static_cast<std::byte*>(memory), mebibyte};
  // To look may be to use, which draws pages to whoever looks: only threads of the node do.
  on_node(home, [&] {
    std::memset(memory, 1, mebibyte);
    EXPECT_TRUE(lies_on(other, home));
  });

  const auto moved = [&] { return count_pages(other)[home] < mebibyte / 4096 / 2; };
  on_node(reader, [&] {
    const auto begin = std::chrono::steady_clock::now();
    while (!moved() && std::chrono::steady_clock::now() - begin < std::chrono::minutes(1)) {
      for (const page_run run : {other, preferred.run, bound.run})
        read_all(run);
    }
  });
  EXPECT_TRUE(moved());
  EXPECT_TRUE(lies_on(preferred.run, home));
  EXPECT_TRUE(lies_on(bound.run, home));
  pages.source.release(preferred.run);
  pages.source.release(bound.run);
  ::munmap(memory, mebibyte);
}

}  // namespace
}  // namespace nearmem
