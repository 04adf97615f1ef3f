#include <cstddef>
#include <cstdint>
#include <random>

#include <gtest/gtest.h>

#include <nearmem/alloc/cell_number.hpp>

#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

std::byte* at(std::uintptr_t address) {
  return reinterpret_cast<std::byte*>(address);
}

TEST(cell_number, is_never_0_and_fits_what_a_claim_has_room_for) {
  for (const std::uintptr_t address : {0x0u, 0x10u, 0x7fffff0u, 0x8000000u, 0x8000010u}) {
    EXPECT_NE(cell_number::of(at(address)), 0u);
    EXPECT_LT(cell_number::of(at(address)), std::uint32_t{1} << 24);
  }
}

TEST(cell_number, leads_from_any_cell_of_a_slab_to_any_other) {
  std::mt19937_64 random(test_seed());
  constexpr std::uintptr_t longest = 2 << 20;
  for (int turn = 0; turn < 10'000; ++turn) {
    // Slabs begin anywhere, at what the numbers wrap round at as well.
    const std::uintptr_t window = (random() % 1000 + 1) << 27;
    const std::uintptr_t slab = window - random() % longest / 16 * 16;
    const std::uintptr_t one = slab + random() % longest / 16 * 16;
    const std::uintptr_t other = slab + random() % longest / 16 * 16;
    ASSERT_EQ(cell_number::beside(at(one), cell_number::of(at(other))), at(other));
    ASSERT_EQ(cell_number::bytes_between(cell_number::of(at(slab)), cell_number::of(at(one))),
              one - slab);
  }
}

}  // namespace
}  // namespace nearmem
