#include "tools/page/escape.hpp"

#include <string>

#include <gtest/gtest.h>

namespace nearmem::page {
namespace {

TEST(escape, leaves_plain_text_alone) {
  EXPECT_EQ(escaped("node 0: 81.2 ns\n\tµs – 節 🦀"), "node 0: 81.2 ns\n\tµs – 節 🦀");
  EXPECT_EQ(escaped(""), "");
}

TEST(escape, writes_markup_as_entities) {
  EXPECT_EQ(escaped("<b a=\"1\" c='2'>&amp;"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
}

TEST(escape, replaces_each_byte_that_begins_nothing_valid) {
  const std::string replaced = "\xef\xbf\xbd";
  EXPECT_EQ(escaped("a\xff"), "a" + replaced);
  EXPECT_EQ(escaped("\xc3"), replaced) << "a character cut off";
  EXPECT_EQ(escaped("\xc3<"), replaced + "&lt;") << "markup is not swallowed";
  EXPECT_EQ(escaped("\xe2\x82 b"), replaced + replaced + " b");
  EXPECT_EQ(escaped("\xc0\xaf"), replaced + replaced) << "overlong";
  EXPECT_EQ(escaped("\xe0\x80\xaf"), replaced + replaced + replaced) << "overlong";
  EXPECT_EQ(escaped("\xf0\x80\x80\xaf"), replaced + replaced + replaced + replaced) << "overlong";
  EXPECT_EQ(escaped("\xed\xa0\x80"), replaced + replaced + replaced) << "a surrogate";
  EXPECT_EQ(escaped("\xf4\x90\x80\x80"), replaced + replaced + replaced + replaced) << "beyond";
  EXPECT_EQ(escaped("\xf5\x80\x80\x80"), replaced + replaced + replaced + replaced) << "beyond";
  EXPECT_EQ(escaped("\xef\xbf\xbf"), replaced + replaced + replaced) << "not a character";
}

TEST(escape, replaces_controls_that_xml_forbids) {
  const std::string replaced = "\xef\xbf\xbd";
  EXPECT_EQ(escaped(std::string("\0\x01\x1b\x7f\r", 5)),
            replaced + replaced + replaced + replaced + replaced);
  EXPECT_EQ(escaped("\xc2\x85"), replaced + replaced) << "a control of two bytes";
}

TEST(escape, counts_and_cuts_by_code_points) {
  EXPECT_EQ(code_points("aµ節🦀"), 4U);
  EXPECT_EQ(code_points("a\xff\xff"), 3U);
  EXPECT_EQ(first_code_points("aµ節🦀", 3), "aµ節");
  EXPECT_EQ(first_code_points("aµ", 9), "aµ");
  EXPECT_EQ(first_code_points("aµ", 0), "");
}

}  // namespace
}  // namespace nearmem::page
