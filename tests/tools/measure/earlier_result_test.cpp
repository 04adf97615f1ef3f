#include "tools/measure/earlier_result.hpp"

#include <functional>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/scratch_folder.hpp"
#include "tests/tools/measure/whole_report.hpp"
#include "tools/measure/report_json.hpp"

namespace nearmem::measure {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;

earlier_result read(const std::string& text) {
  const scratch_folder folder;
  return read_earlier_result(folder.write("earlier.json", text));
}

// What is said of a text that cannot be read.
std::string refusal(const std::string& text) {
  try {
    static_cast<void>(read(text));
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("earlier.json: "));
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error.what();
  }
  return "";
}

// A report's own JSON, changed.
std::string refusal_of(const std::function<void(json&)>& change) {
  json document = json::parse(to_json(whole_report()));
  change(document);
  return refusal(document.dump());
}

std::size_t figures_of(const report& made) {
  std::size_t figures = 0;
  for (const part_report& each : made.parts) {
    for (const row& one : each.rows)
      figures += one.value.has_value();
  }
  return figures;
}

TEST(earlier_result, agrees_with_the_report_that_printed_it) {
  const report made = whole_report();
  const earlier_result earlier = read(to_json(made));
  EXPECT_EQ(earlier.fingerprint, made.fingerprint);
  const agreement found = agree(made, earlier);
  EXPECT_EQ(found.figures, figures_of(made));
  EXPECT_TRUE(found.apart.empty());
}

TEST(earlier_result, shows_what_has_changed_and_nothing_else) {
  const report before = whole_report();
  report now = before;
  planted_noise noise(test_seed(), 0.01);
  now.parts[0].rows[3].value = noise.around(2 * now.parts[0].rows[3].value->best);
  now.parts[2].rows[0].value =
      noise.around(now.parts[2].rows[0].value->best / 2, 15, better::higher);
  const agreement found = agree(now, read(to_json(before)));
  ASSERT_EQ(found.apart.size(), 2);
  EXPECT_EQ(found.apart[0].of, part::latency);
  EXPECT_EQ(found.apart[0].now.bytes, now.parts[0].rows[3].bytes);
  EXPECT_NEAR(found.apart[0].by.effect, 1, 0.2);
  EXPECT_EQ(found.apart[1].of, part::bandwidth);
  EXPECT_NEAR(found.apart[1].by.effect, 1, 0.2);
}

TEST(earlier_result, does_not_miss_what_was_not_asked_for) {
  const report before = whole_report();
  report now = before;
  now.parts = {now.parts[5]};
  const agreement found = agree(now, read(to_json(before)));
  EXPECT_EQ(found.figures, now.parts[0].rows.size());
}

TEST(earlier_result, refuses_what_is_damaged_at_any_byte) {
  const std::string good = to_json(whole_report());
  for (std::size_t length = 0; length + 2 < good.size(); length += 97)
    EXPECT_NE(refusal(good.substr(0, length)), "") << length;
  EXPECT_THAT(refusal(""), EndsWith("it is empty"));
}

TEST(earlier_result, refuses_what_cannot_be_a_figure) {
  const auto plant = [](const char* key, const json& value) {
    return refusal_of([&](json& document) { document["parts"][0]["rows"][0][key] = value; });
  };
  EXPECT_NE(plant("best", -1), "");
  EXPECT_NE(plant("best", 0), "");
  EXPECT_NE(plant("best", "fast"), "");
  EXPECT_NE(plant("best", nullptr), "");
  EXPECT_NE(plant("far", 1e-9), "");
  EXPECT_NE(plant("far", nullptr), "");
  EXPECT_NE(plant("series", 7), "");
  EXPECT_NE(plant("bytes", "many"), "");
}

TEST(earlier_result, refuses_what_is_of_something_else) {
  EXPECT_THAT(refusal("[]"), EndsWith("it is not what nearmem measure --json prints"));
  EXPECT_THAT(refusal("{}"), EndsWith("it is not what nearmem measure --json prints"));
  EXPECT_THAT(refusal_of([](json& document) { document["version"] = 1; }),
              EndsWith("it is of version 1, not 2"));
  EXPECT_THAT(refusal_of([](json& document) { document["parts"][0]["part"] = "colour"; }),
              EndsWith("no part is called colour"));
  EXPECT_THAT(refusal_of([](json& document) { document.erase("fingerprint"); }),
              EndsWith("damaged: not JSON, or not of its schema"));
  EXPECT_THROW(read_earlier_result("/nonexistent/earlier.json"), std::runtime_error);
}

}  // namespace
}  // namespace nearmem::measure
