#include <cerrno>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_owners.hpp>
#include <nearmem/alloc/page_table.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

// Owners of 16 chunks, with small pages and with large ones.
struct owned {
  explicit owned(std::size_t page_bytes)
      : simulated("numa:1 pu:1", 0, page_bytes),
        pages_of_chunk((std::size_t{2} << 20) / page_bytes),
        bytes(page_owners::bytes_for(16, pages_of_chunk, page_bytes)),
        range(simulated.kernel.reserve(bytes, page_bytes, kernel::access::zeros)),
        owners(simulated.kernel, range.data, 16, pages_of_chunk, committed) {}
  ~owned() { simulated.kernel.unreserve(range.data, range.bytes); }
  owned(const owned&) = delete;
  owned& operator=(const owned&) = delete;

  simulated_machine simulated;
  std::size_t pages_of_chunk;
  std::size_t bytes;
  reserved_range range;
  std::atomic<std::size_t> committed{0};
  page_owners owners;
};

TEST(page_owners, take_one_small_page_a_chunk_while_it_is_held) {
  owned small(4096);
  EXPECT_EQ(small.owners.words()[700].load(), nullptr);
  ASSERT_EQ(small.owners.hold(3), 0);
  ASSERT_EQ(small.owners.hold(9), 0);
  EXPECT_EQ(small.committed, 2 * 4096u);
  small.owners.words()[3 * 512] = &small;
  EXPECT_EQ(small.owners.words()[3 * 512].load(), &small);
  small.owners.words()[3 * 512] = nullptr;
  small.owners.drop(3);
  small.owners.drop(9);
  EXPECT_EQ(small.committed, 0u);
  EXPECT_EQ(small.simulated.kernel.resident_bytes(), 0u);
}

TEST(page_owners, share_a_large_page_until_the_last_goes) {
  owned large(65536);
  ASSERT_EQ(large.owners.hold(3), 0);
  ASSERT_EQ(large.owners.hold(9), 0);
  EXPECT_EQ(large.committed, 65536u);
  large.owners.words()[9 * 32] = &large;
  large.owners.drop(3);
  EXPECT_EQ(large.owners.words()[9 * 32].load(), &large);
  large.owners.words()[9 * 32] = nullptr;
  large.owners.drop(9);
  EXPECT_EQ(large.committed, 0u);
}

TEST(page_owners, change_nothing_when_memory_is_refused) {
  for (const kernel_call call : {kernel_call::open, kernel_call::populate}) {
    for (const std::size_t page_bytes : {4096U, 65536U}) {
      owned refused(page_bytes);
      refused.simulated.kernel.fail(call, 0, ENOMEM);
      EXPECT_EQ(refused.owners.hold(1), ENOMEM);
      EXPECT_EQ(refused.committed, 0u);
      EXPECT_EQ(refused.owners.hold(1), 0);
      refused.owners.drop(1);
    }
  }
}

TEST(page_table, grows_page_by_page_and_never_moves) {
  simulated_machine simulated;
  const std::size_t page = simulated.kernel.page_bytes();
  const std::size_t bytes = page_table<std::uint64_t>::bytes_for(10000, page);
  const reserved_range range = simulated.kernel.reserve(bytes, page, kernel::access::zeros);
  std::atomic<std::size_t> committed{0};
  page_table<std::uint64_t> table(simulated.kernel, range.data, 10000, committed);
  EXPECT_EQ(table.size(), 0u);
  ASSERT_EQ(table.grow(1), 0);
  EXPECT_EQ(table.size(), page / 8);
  EXPECT_EQ(committed, page);
  table[0] = 7;
  simulated.kernel.fail(kernel_call::populate, 0, ENOMEM);
  EXPECT_EQ(table.grow(5000), ENOMEM);
  EXPECT_EQ(table.size(), page / 8);
  EXPECT_EQ(simulated.kernel.resident_bytes(), committed);
  ASSERT_EQ(table.grow(10000), 0);
  EXPECT_EQ(table.size(), 10000u);
  EXPECT_EQ(committed, bytes);
  EXPECT_EQ(table[0], 7u);
  EXPECT_EQ(table[9999], 0u);
  simulated.kernel.unreserve(range.data, range.bytes);
}

}  // namespace
}  // namespace nearmem
