#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/accounting/usage_of_aggregates.hpp>

namespace nearmem {
namespace {

const std::string text(100, 'x');
const std::size_t text_usage = malloc_usage(101);

TEST(usage_of_aggregates, is_what_the_members_hold) {
  EXPECT_EQ(dynamic_usage(std::pair(text, 7)), text_usage);
  EXPECT_EQ(dynamic_usage(std::tuple(text, 7, text)), 2 * text_usage);
  EXPECT_EQ(dynamic_usage(std::array<std::string, 3>{text, text, ""}), 2 * text_usage);
  EXPECT_EQ(dynamic_usage(std::tuple<>()), 0U);
  EXPECT_EQ(dynamic_usage(std::array<std::string, 0>()), 0U);
}

TEST(usage_of_aggregates, of_an_optional_is_that_of_its_value) {
  EXPECT_EQ(dynamic_usage(std::optional<std::string>()), 0U);
  EXPECT_EQ(dynamic_usage(std::optional(text)), text_usage);
}

TEST(usage_of_aggregates, of_a_variant_is_that_of_what_it_holds) {
  std::variant<std::monostate, int, std::string> one;
  EXPECT_EQ(dynamic_usage(one), 0U);
  one = text;
  EXPECT_EQ(dynamic_usage(one), text_usage);
  one = 7;
  EXPECT_EQ(dynamic_usage(one), 0U);
}

struct throwing {
  throwing() = default;
  throwing(throwing&&) { throw 1; }
};

}  // namespace

template <>
struct dynamic_usage_traits<throwing> : owns_no_heap {};

namespace {

TEST(usage_of_aggregates, of_a_variant_that_lost_its_value_is_nothing) {
  std::variant<std::string, throwing> lost = text;
  EXPECT_ANY_THROW(lost.emplace<throwing>(throwing()));
  ASSERT_TRUE(lost.valueless_by_exception());
  EXPECT_EQ(dynamic_usage(lost), 0U);
  EXPECT_EQ(recursive_dynamic_usage(lost), 0U);
}

TEST(usage_of_aggregates, goes_on_in_their_elements) {
  const std::vector<std::string> lines{text, "short", text};
  const std::size_t buffer = dynamic_usage(lines);
  const std::size_t all = buffer + 2 * text_usage;
  EXPECT_EQ(recursive_dynamic_usage(lines), all);
  EXPECT_EQ(dynamic_usage(std::pair(lines, 1)), buffer);
  EXPECT_EQ(recursive_dynamic_usage(std::pair(lines, text)), all + text_usage);
  EXPECT_EQ(recursive_dynamic_usage(std::optional(lines)), all);
  EXPECT_EQ(recursive_dynamic_usage(std::array{lines, lines}), 2 * all);
  EXPECT_EQ((recursive_dynamic_usage(std::variant<int, std::vector<std::string>>(lines))), all);
}

TEST(usage_of_aggregates, leaves_out_loops_over_what_cannot_own) {
  static_assert(heap_free<std::pair<const int, std::optional<double>>>);
  static_assert(heap_free<std::array<std::tuple<int, char*>, 4>>);
  static_assert(!heap_free<std::pair<int, std::string>>);
  static_assert(!heap_free<std::variant<int, std::string>>);
}

}  // namespace
}  // namespace nearmem
