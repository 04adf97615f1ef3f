#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <nearmem/accounting/utf8.hpp>

namespace nearmem {
namespace {

TEST(utf8, accepts_every_well_formed_length) {
  EXPECT_EQ(utf8_sequence_bytes("a"), 1);
  EXPECT_EQ(utf8_sequence_bytes("\u00FC"), 2);
  EXPECT_EQ(utf8_sequence_bytes("\u20AC"), 3);
  EXPECT_EQ(utf8_sequence_bytes("\U0001F4BE"), 4);
  EXPECT_EQ(utf8_sequence_bytes("\xF4\x8F\xBF\xBF"), 4);  // U+10FFFF
  EXPECT_EQ(utf8_sequence_bytes(std::string_view("\0", 1)), 1);
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("mempool \u00FC\u20AC\U0001F4BE"));
}

TEST(utf8, refuses_what_the_standard_forbids) {
  for (const std::string_view bad : {
           "\x80",              // a continuation without a lead
           "\xC0\xAF",          // overlong
           "\xC1\xBF",          // overlong
           "\xE0\x9F\xBF",      // overlong
           "\xF0\x8F\xBF\xBF",  // overlong
           "\xED\xA0\x80",      // a surrogate
           "\xF4\x90\x80\x80",  // above U+10FFFF
           "\xF5\x80\x80\x80",  // above U+10FFFF
           "\xFF",              // never a lead
           "\xE2\x82",          // cut short
           "\xC3",              // cut short
           "\xC3(",             // not continued
       }) {
    EXPECT_EQ(utf8_sequence_bytes(bad), 0) << bad;
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
  EXPECT_EQ(utf8_sequence_bytes(""), 0);
}

TEST(utf8, knows_what_a_terminal_would_obey) {
  for (const char* control : {"\x1b[m", "\n", "\x7f"})
    EXPECT_EQ(control_bytes(control), 1) << control;
  for (const char* control : {"\xC2\x80",
                              "\xC2\x9B"
                              "31m",
                              "\xC2\x9F"})
    EXPECT_EQ(control_bytes(control), 2) << control;
  for (const char* text : {"a", " ", "\xC2\xA0", "\u00E9", "\xC2", ""})
    EXPECT_EQ(control_bytes(text), 0) << text;
}

TEST(utf8, replaces_only_the_bytes_that_are_wrong) {
  EXPECT_EQ(to_utf8("a\xFF\u00FC\xE2\x82z"), "a\uFFFD\u00FC\uFFFD\uFFFDz");
  EXPECT_EQ(to_utf8("unchanged \u20AC"), "unchanged \u20AC");
  EXPECT_TRUE(is_utf8(to_utf8("\xED\xA0\x80\xC0")));
}

}  // namespace
}  // namespace nearmem
