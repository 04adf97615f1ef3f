#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/topology/smaps_text.hpp>

namespace nearmem {
namespace {

// Three mappings of 16, 16 and 4 pages; the middle one half resident.
constexpr const char* smaps =
    "10000-20000 rw-p 00000000 00:00 0 \n"
    "Size:                 64 kB\n"
    "KernelPageSize:        4 kB\n"
    "Rss:                  64 kB\n"
    "Pss:                  64 kB\n"
    "VmFlags: rd wr mr mw me ac \n"
    "20000-30000 rw-p 00000000 00:00 0                          [heap]\n"
    "Size:                 64 kB\n"
    "Rss:                  32 kB\n"
    "AnonHugePages:        24 kB\n"
    "Swap:                 12 kB\n"
    "SwapPss:               9 kB\n"
    "VmFlags: rd wr\n"
    "7f0000000000-7f0000004000 r--p 00000000 fe:00 123    /usr/lib/a b.so\n"
    "Size:                 16 kB\n"
    "Rss:                   0 kB\n";

address_range range(std::uintptr_t begin, std::uintptr_t end) {
  return {reinterpret_cast<const void*>(begin), end - begin};
}

std::size_t resident(std::vector<address_range> ranges) {
  return resident_bytes_in(smaps, ranges);
}

TEST(smaps_text, counts_whole_mappings) {
  EXPECT_EQ(resident({range(0x10000, 0x20000)}), 64 << 10);
  EXPECT_EQ(resident({range(0x20000, 0x30000)}), 32 << 10);
  EXPECT_EQ(resident({range(0x0, 0x100000)}), 96 << 10);
  EXPECT_EQ(resident({range(0x7f0000000000, 0x7f0000004000)}), 0);
}

TEST(smaps_text, counts_what_was_swapped_apart) {
  const std::vector<address_range> both = {range(0x10000, 0x30000)};
  EXPECT_EQ(swapped_bytes_in(smaps, both), 12 << 10);
  const std::vector<address_range> first = {range(0x10000, 0x20000)};
  EXPECT_EQ(swapped_bytes_in(smaps, first), 0);
}

TEST(smaps_text, counts_what_lies_in_huge_pages) {
  const std::vector<address_range> both = {range(0x10000, 0x30000)};
  EXPECT_EQ(huge_page_bytes_in(smaps, both), 24 << 10);
  const std::vector<address_range> first = {range(0x10000, 0x20000)};
  EXPECT_EQ(huge_page_bytes_in(smaps, first), 0);
}

TEST(smaps_text, counts_nothing_outside_the_ranges) {
  EXPECT_EQ(resident({}), 0);
  EXPECT_EQ(resident({range(0x0, 0x10000)}), 0);
  EXPECT_EQ(resident({range(0x30000, 0x40000)}), 0);
  EXPECT_EQ(resident({range(0x10000, 0x10000)}), 0);
}

TEST(smaps_text, clips_mappings_that_are_covered_in_part) {
  EXPECT_EQ(resident({range(0x18000, 0x20000)}), 32 << 10);
  EXPECT_EQ(resident({range(0x20000, 0x21000)}), 4 << 10);
  EXPECT_EQ(resident({range(0x1f000, 0x2f000)}), (4 << 10) + (32 << 10));
}

TEST(smaps_text, counts_a_byte_once_however_often_it_is_covered) {
  EXPECT_EQ(resident({range(0x10000, 0x18000), range(0x14000, 0x1c000), range(0x10000, 0x11000)}),
            48 << 10);
  EXPECT_EQ(resident({range(0x18000, 0x20000), range(0x10000, 0x18000)}), 64 << 10);
  EXPECT_EQ(resident({range(0x10000, 0x11000), range(0x12000, 0x13000)}), 8 << 10);
}

TEST(smaps_text, survives_nonsense) {
  const std::vector<address_range> all = {range(0, ~std::uintptr_t{0})};
  EXPECT_EQ(resident_bytes_in("", all), 0);
  EXPECT_EQ(resident_bytes_in("Rss: 4 kB\n", all), 0);
  EXPECT_EQ(resident_bytes_in("10000-20000\nRss: x kB\n", all), 0);
  EXPECT_EQ(resident_bytes_in("20000-10000 rw-p\nRss: 4 kB\n", all), 0);
  EXPECT_EQ(resident_bytes_in("10000-20000 rw-p\nRss:", all), 0);
}

}  // namespace
}  // namespace nearmem
