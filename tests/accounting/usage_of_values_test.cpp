#include <array>
#include <atomic>
#include <bitset>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>

namespace nearmem {
namespace {

TEST(usage_of_values, of_views_is_nothing_whatever_they_show) {
  const std::string text(1000, 'x');
  const std::vector<std::string> lines(3, text);
  EXPECT_EQ(recursive_dynamic_usage(std::string_view(text)), 0);
  EXPECT_EQ(recursive_dynamic_usage(std::span(lines)), 0);
  EXPECT_EQ(recursive_dynamic_usage(std::span<const std::string, 3>(lines)), 0);
}

TEST(usage_of_values, of_bare_values_is_nothing) {
  const std::atomic<int> number{7};
  EXPECT_EQ(dynamic_usage(number), 0);
  EXPECT_EQ(dynamic_usage(std::bitset<4096>()), 0);
  static_assert(heap_free<std::array<std::bitset<8>, 2>>);
}

TEST(usage_of_values, does_not_take_an_owner_for_a_value) {
  static_assert(!has_dynamic_usage<std::atomic<std::shared_ptr<int>>>);
}

}  // namespace
}  // namespace nearmem
