#include <cstddef>
#include <cstdlib>
#include <deque>
#include <new>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget_exceeded.hpp>

// A program of its own, as it replaces the operators that all of a program shares.

namespace {

// How many allocations of this thread are served before all others fail; below 0: all are.
thread_local int allocations_left = -1;

}  // namespace

// Out of line, as the compiler would pair what it sees of one with the name of the other.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  void* const block = std::malloc(bytes == 0 ? 1 : bytes);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
[[gnu::noinline]] void operator delete(void* block) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}

namespace nearmem {
namespace {

constexpr node_id node_0{0};

TEST(budget_exceeded, is_shorter_where_there_is_no_memory_for_all_of_it) {
  budget node("node", 1'000'000);
  std::deque<budget> parts;
  for (std::size_t i = 0; i < 100; ++i)
    parts.emplace_back("part" + std::to_string(i), 10'000, &node);
  ASSERT_TRUE(parts[42].charge(5000, node_0));
  for (int allocations = 0;; ++allocations) {
    allocations_left = allocations;
    const budget_exceeded error(parts[42], 20'000);
    allocations_left = -1;
    if (!error.levels().empty()) {
      EXPECT_GT(allocations, 2);
      break;
    }
    const std::string_view line = error.what();
    EXPECT_LT(line.size(), 1536);
    EXPECT_TRUE(
        line.starts_with("budget 'node/part42' is refused 20000 bytes by 'node/part42': "
                         "5000 of 10000 used (0 held); by size: 'node' 5000 of 1000000, "
                         "'node/part42' 5000 of 10000, "))
        << line;
    EXPECT_TRUE(line.ends_with(" more"));
    ASSERT_LT(allocations, 10'000);
  }
  parts[42].refund(5000, node_0);
}

}  // namespace
}  // namespace nearmem
