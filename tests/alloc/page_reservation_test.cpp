#include <cerrno>
#include <new>

#include <gtest/gtest.h>

#include <nearmem/alloc/linux_kernel.hpp>
#include <nearmem/alloc/page_reservation.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

constexpr std::size_t gibibyte = std::size_t{1} << 30;

TEST(page_reservation, gives_every_node_twice_what_the_largest_has) {
  const machine hardware = machine::from_synthetic("numa:4(memory=3GB) core:1 pu:1");
  simulated_kernel kernel(hardware);
  const page_reservation reservation(hardware, kernel, 0);
  EXPECT_EQ(reservation.slots(), 5u);
  EXPECT_EQ(reservation.slot_bytes(), 8 * gibibyte);
  EXPECT_EQ(reservation.bytes(), 40 * gibibyte);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(reservation.data()) % page_reservation::chunk_bytes,
            0u);
}

TEST(page_reservation, rounds_what_is_asked_up_to_a_power_of_two) {
  simulated_machine simulated;
  EXPECT_EQ(page_reservation(simulated.hardware, simulated.kernel, 17 * mebibyte).slot_bytes(),
            32 * mebibyte);
  EXPECT_EQ(page_reservation(simulated.hardware, simulated.kernel, 1).slot_bytes(),
            page_reservation::min_slot_bytes);
}

TEST(page_reservation, stays_below_what_may_be_reserved) {
  simulated_machine simulated;
  simulated.kernel.set_reservable_bytes(gibibyte);
  const page_reservation reservation(simulated.hardware, simulated.kernel, 64 * gibibyte);
  EXPECT_EQ(reservation.slot_bytes(), 64 * mebibyte);
  // One call each for pages and books: nothing was tried that could not be had.
  EXPECT_EQ(simulated.kernel.calls(kernel_call::reserve), 2u);
}

TEST(page_reservation, halves_until_the_kernel_agrees) {
  simulated_machine simulated;
  simulated.kernel.set_address_space(gibibyte);
  const page_reservation reservation(simulated.hardware, simulated.kernel, 64 * gibibyte);
  EXPECT_EQ(reservation.slot_bytes(), 64 * mebibyte);
}

TEST(page_reservation, leaves_nothing_behind_when_it_cannot_be_had) {
  simulated_machine simulated;
  simulated.kernel.set_address_space(8 * page_reservation::min_slot_bytes);
  EXPECT_THROW(page_reservation(simulated.hardware, simulated.kernel, 0), std::bad_alloc);
  // Pages fit, books do not.
  simulated.kernel.set_address_space(9 * page_reservation::min_slot_bytes);
  EXPECT_THROW(page_reservation(simulated.hardware, simulated.kernel, 0), std::bad_alloc);
  EXPECT_EQ(simulated.kernel.reserved_bytes(), 0u);
}

TEST(page_reservation, costs_no_memory) {
  simulated_machine simulated;
  const page_reservation reservation(simulated.hardware, simulated.kernel, gibibyte);
  EXPECT_EQ(simulated.kernel.resident_bytes(), 0u);
  EXPECT_EQ(simulated.kernel.calls(kernel_call::populate), 0u);
}

}  // namespace
}  // namespace nearmem
