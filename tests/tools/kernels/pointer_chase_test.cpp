#include "tools/kernels/pointer_chase.hpp"

#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/seed.hpp"

namespace nearmem::measure {
namespace {

struct alignas(64) cell {
  void* next = nullptr;
};

std::span<std::byte> bytes_of(std::vector<cell>& cells) {
  return std::as_writable_bytes(std::span(cells));
}

TEST(pointer_chase, goes_through_every_place_once_before_it_returns) {
  for (const std::size_t count : {1U, 2U, 3U, 64U, 1000U}) {
    std::vector<cell> cells(count);
    const pointer_chase chase(bytes_of(cells), sizeof(cell), test_seed());
    EXPECT_EQ(chase.places(), count);
    std::set<void*> seen;
    void* at = cells.data();
    for (std::size_t i = 0; i < count; ++i) {
      seen.insert(at);
      at = *static_cast<void**>(at);
    }
    EXPECT_EQ(seen.size(), count);
    EXPECT_EQ(at, cells.data());
  }
}

TEST(pointer_chase, draws_another_order_from_another_seed) {
  std::vector<cell> one(1000);
  std::vector<cell> other(1000);
  const pointer_chase first(bytes_of(one), sizeof(cell), 1);
  const pointer_chase second(bytes_of(other), sizeof(cell), 2);
  std::size_t same = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    same += static_cast<cell*>(one[i].next) - one.data() ==
            static_cast<cell*>(other[i].next) - other.data();
  }
  EXPECT_LT(same, 100);
}

TEST(pointer_chase, touches_only_its_places) {
  std::vector<cell> cells(64);
  std::vector<std::byte*> places;
  for (std::size_t i = 0; i < cells.size(); i += 4)
    places.push_back(reinterpret_cast<std::byte*>(&cells[i]));
  pointer_chase chase(places, test_seed());
  chase.warm();
  EXPECT_GE(chase.pass(100), 0);
  for (std::size_t i = 0; i < cells.size(); ++i)
    EXPECT_EQ(cells[i].next != nullptr, i % 4 == 0) << i;
}

TEST(pointer_chase, goes_on_where_it_stopped) {
  std::vector<cell> cells(10);
  pointer_chase chase(bytes_of(cells), sizeof(cell), test_seed());
  chase.warm();
  for (const std::size_t loads : {1U, 7U, 8U, 9U, 1000U})
    EXPECT_GE(chase.pass(loads), 0);
}

}  // namespace
}  // namespace nearmem::measure
