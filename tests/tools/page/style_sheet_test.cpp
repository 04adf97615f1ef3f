#include "tools/page/style_sheet.hpp"

#include <string>

#include <gmock/gmock.h>

namespace nearmem::page {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(style_sheet, is_text_that_no_parser_takes_for_markup) {
  EXPECT_EQ(style_sheet().find_first_of("<&"), std::string::npos);
}

TEST(style_sheet, knows_light_dark_and_phones_and_fetches_nothing) {
  const std::string text(style_sheet());
  EXPECT_THAT(text, HasSubstr("@media (prefers-color-scheme: dark)"));
  EXPECT_THAT(text, HasSubstr("@media (max-width:"));
  EXPECT_THAT(text, Not(HasSubstr("url(")));
  EXPECT_THAT(text, Not(HasSubstr("@import")));
}

}  // namespace
}  // namespace nearmem::page
