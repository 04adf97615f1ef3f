#include "tools/page/document.hpp"

#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/support/seed.hpp"
#include "tests/tools/page/page_check.hpp"

namespace nearmem::page {
namespace {

using testing::HasSubstr;
using testing::Not;

// One of each piece, with these texts and these numbers.
document all_pieces(const std::string& text, double number) {
  document of{.title = text, .lead = text, .remarks = {text}, .footer = text};
  line_chart curve{.title = text, .note = text, .x = {.label = text}, .y = {.label = text}};
  curve.series = {{text, {{1, number}, {number, 2, 1, number}, {3, 4}}}, {text, {}}};
  curve.marks = {{2, text}, {number, text}};
  curve.limits = {{3, text}, {number, text}};
  line_chart bent = curve;
  bent.x = {.kind = unit::bytes, .kept = scale::log2};
  bent.y = {.kind = unit::seconds, .kept = scale::log10, .low = number};
  heat_map map{.title = text, .note = text, .row_word = text, .column_word = text};
  map.rows = {text, text};
  map.columns = {text};
  map.values = {{number}, {1}};
  bar_chart bars{.title = text, .note = text, .bars = {{text, number, 1, 2, text}, {text, 5}}};
  table cells{.title = text, .head = {text, text}, .rows = {{text}}, .note = text};
  of.sections = {{text, {paragraph{text}, remark{text}, words{{{text, text}}}}},
                 {text, {curve, bent}},
                 {text, {map, bars}},
                 {text, {cells}}};
  return of;
}

void expect_good(const std::vector<document>& all) {
  std::vector<std::string> pages;
  for (const document& of : all)
    pages.push_back(to_html(of));
  const std::optional<std::vector<std::string>> found = complaints(pages);
  if (!found) GTEST_SKIP() << "python3 is not here";
  EXPECT_EQ(*found, std::vector<std::string>(all.size()));
}

TEST(document, is_a_page_that_parsers_accept) {
  expect_good({all_pieces("Latency by level", 3.5)});
}

TEST(document, is_good_when_there_is_nothing_in_it) {
  expect_good({{}, {.title = "t", .sections = {{"empty", {}}, {"no words", {words{}}}}}});
}

TEST(document, survives_numbers_of_any_size) {
  using limits = std::numeric_limits<double>;
  std::vector<document> all;
  for (double number :
       {limits::quiet_NaN(), limits::infinity(), -limits::infinity(), limits::max(),
        limits::lowest(), limits::min(), limits::denorm_min(), 0.0, -1.0, 1e300, 1e18}) {
    all.push_back(all_pieces("numbers", number));
  }
  expect_good(all);
}

TEST(document, shows_hostile_text_as_text) {
  const document of = all_pieces("</style></title><script>alert('x')</script>\"><!--", 2);
  EXPECT_THAT(to_html(of), Not(HasSubstr("<script")));
  EXPECT_THAT(to_html(of), Not(HasSubstr("<!--")));
  expect_good({of});
}

TEST(document, is_good_whatever_bytes_names_have) {
  std::mt19937_64 random(test_seed());
  std::vector<document> all;
  for (int i = 0; i < 8; ++i) {
    std::string text;
    for (std::size_t size = random() % 200; size > 0; --size)
      text += static_cast<char>(random());
    all.push_back(all_pieces(text, 2));
  }
  expect_good(all);
}

TEST(document, links_to_its_sections_where_they_are_many) {
  EXPECT_THAT(to_html(all_pieces("t", 1)), HasSubstr("<a href=\"#s4\">t</a>"));
  document few = all_pieces("t", 1);
  few.sections.resize(3);
  EXPECT_THAT(to_html(few), Not(HasSubstr("<nav")));
}

TEST(document, checks_pages_in_earnest) {
  const std::string good = to_html(document{.title = "t"});
  std::vector<std::string> pages;
  for (const char* with :
       {"<p>fine</p>", "<p>", "<b><i></b></i>", "&nothing;", "\xff", "<script>1</script>",
        "<img src=\"x\"/>", "<a href=\"https://example.org\">x</a>", "<rect x=\"nan\"/>",
        "<p id=\"a\"/><p id=\"a\"/>"}) {
    std::string page = good;
    pages.push_back(page.insert(page.find("</main>"), with));
  }
  const std::optional<std::vector<std::string>> found = complaints(pages);
  if (!found) GTEST_SKIP() << "python3 is not here";
  ASSERT_EQ(found->size(), pages.size());
  EXPECT_EQ(found->front(), "");
  for (std::size_t i = 1; i < pages.size(); ++i)
    EXPECT_NE((*found)[i], "") << pages[i].substr(pages[i].find("<main>"));
}

}  // namespace
}  // namespace nearmem::page
