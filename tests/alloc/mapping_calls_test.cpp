#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>

#include <gtest/gtest.h>
#include <unistd.h>

#include <nearmem/alloc/mapping_calls.hpp>
#include <nearmem/topology/procfs.hpp>

namespace nearmem {
namespace {

const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));

// Pages in a mapping of their own, given back at the end.
class mapped {
 public:
  mapped(std::size_t count, std::size_t alignment, bool readable)
      : bytes(count * page), data(map_pages(bytes, alignment, readable, error)) {}
  ~mapped() {
    if (data != nullptr) unmap_pages(data, bytes);
  }
  mapped(const mapped&) = delete;
  mapped& operator=(const mapped&) = delete;

  std::optional<std::size_t> resident() const {
    const address_range range{data, bytes};
    return resident_bytes({&range, 1});
  }

  std::size_t bytes;
  int error = -1;
  std::byte* data;
};

TEST(mapping_calls, align_as_asked) {
  for (std::size_t alignment = page; alignment <= (std::size_t{64} << 20); alignment *= 4) {
    const mapped range(3, alignment, false);
    ASSERT_NE(range.data, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(range.data) % alignment, 0u);
  }
}

TEST(mapping_calls, say_why_there_is_no_room) {
  int error = 0;
  EXPECT_EQ(map_pages(std::size_t{1} << 60, page, false, error), nullptr);
  EXPECT_EQ(error, ENOMEM);
  error = 0;
  EXPECT_EQ(map_pages(std::numeric_limits<std::size_t>::max() - page + 1, 4 * page, false, error),
            nullptr);
  EXPECT_EQ(error, ENOMEM);
}

TEST(mapping_calls, reserve_zeros_that_may_be_read) {
  const mapped range(4, page, true);
  ASSERT_NE(range.data, nullptr);
  EXPECT_EQ(range.data[3 * page], std::byte{0});
}

TEST(mapping_calls, populate_and_purge) {
  const mapped range(16, page, false);
  ASSERT_EQ(make_writable(range.data, range.bytes), 0);
  EXPECT_EQ(range.resident().value_or(0), 0u);
  ASSERT_EQ(populate_pages(range.data, range.bytes, page), 0);
  EXPECT_EQ(range.resident().value_or(range.bytes), range.bytes);
  std::memset(range.data, 0x77, range.bytes);
  ASSERT_EQ(populate_pages(range.data, range.bytes, page), 0);
  EXPECT_EQ(range.data[5 * page], std::byte{0x77});
  ASSERT_EQ(purge_pages(range.data, range.bytes), 0);
  EXPECT_EQ(range.resident().value_or(0), 0u);
  EXPECT_EQ(range.data[5 * page], std::byte{0});
}

// What stands in where the kernel cannot populate: compilers must not make a load of it.
TEST(mapping_calls, bring_pages_in_by_touch_and_keep_what_they_hold) {
  const mapped range(16, page, false);
  ASSERT_EQ(make_writable(range.data, range.bytes), 0);
  std::memset(range.data + 7 * page, 0x33, page);
  touch_pages(range.data, range.bytes, page);
  EXPECT_EQ(range.resident().value_or(range.bytes), range.bytes);
  EXPECT_EQ(range.data[7 * page], std::byte{0x33});
  EXPECT_EQ(range.data[8 * page - 1], std::byte{0x33});
  EXPECT_EQ(range.data[0], std::byte{0});
}

TEST(mapping_calls, allow_and_forbid_huge_pages_or_say_that_there_are_none) {
  const mapped range(4, page, false);
  for (const bool allowed : {true, false}) {
    const int answer = allow_huge_pages(range.data, range.bytes, allowed);
    EXPECT_TRUE(answer == 0 || answer == EINVAL) << answer;
  }
}

}  // namespace
}  // namespace nearmem
