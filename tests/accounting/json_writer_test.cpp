#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <nearmem/accounting/json_writer.hpp>

namespace nearmem {
namespace {

std::string as_json(std::string_view text) {
  json_writer out;
  out.value(text);
  return out.text();
}

TEST(json_writer, indents_objects_and_arrays) {
  json_writer out;
  out.begin_object();
  out.key("a");
  out.value(std::uint64_t{1});
  out.key("b");
  out.begin_array();
  out.value(true);
  out.begin_object();
  out.end_object();
  out.null();
  out.end_array();
  out.key("c");
  out.value(0.5);
  out.end_object();
  EXPECT_EQ(out.text(),
            "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    {},\n    null\n  ],\n  \"c\": 0.5\n}\n");
}

TEST(json_writer, escapes_what_must_be_so_that_a_parser_reads_the_same_text) {
  for (const std::string text : {"", "plain", "\"quotes\" and \\", "line\nline\ttab\r\x01\x1f\x7f",
                                 "\u00FC \u20AC \U0001F4BE"}) {
    EXPECT_EQ(nlohmann::json::parse(as_json(text)).get<std::string>(), text);
  }
  EXPECT_EQ(as_json(std::string_view("a\0b", 3)), "\"a\\u0000b\"\n");
}

TEST(json_writer, replaces_what_is_not_utf8) {
  EXPECT_EQ(as_json("a\xFFz"), "\"a\uFFFDz\"\n");
}

TEST(json_writer, writes_numbers_that_are_read_back_exactly) {
  json_writer out;
  out.begin_array();
  out.value(std::numeric_limits<std::uint64_t>::max());
  out.value(0.1);
  out.value(1e300);
  out.value(std::numeric_limits<double>::infinity());
  out.end_array();
  const auto read = nlohmann::json::parse(out.text());
  EXPECT_EQ(read[0].get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(read[1].get<double>(), 0.1);
  EXPECT_EQ(read[2].get<double>(), 1e300);
  EXPECT_TRUE(read[3].is_null());
}

}  // namespace
}  // namespace nearmem
