#include "tools/measure/report_json.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/accounting/json_schema.hpp"
#include "tests/tools/measure/whole_report.hpp"

namespace nearmem::measure {
namespace {

using nlohmann::json;
using testing::IsEmpty;

json schema() {
  std::ifstream file(NEARMEM_SOURCES "/docs/measure.schema.json");
  return json::parse(file);
}

TEST(report_json, follows_the_schema) {
  EXPECT_THAT(json_schema(schema()).check(json::parse(to_json(whole_report()))), IsEmpty());
  EXPECT_THAT(json_schema(schema()).check(json::parse(to_json(empty_report()))), IsEmpty());
  const json compared = json::parse(to_json(compared_report()));
  EXPECT_THAT(json_schema(schema()).check(compared), IsEmpty());
  EXPECT_EQ(compared["compared"]["apart"][0]["part"], "paths");
  EXPECT_EQ(schema()["properties"]["version"]["const"], json_version);
}

TEST(report_json, would_not_follow_it_with_a_key_more_or_less) {
  const json good = json::parse(to_json(whole_report()));
  for (const auto& [key, value] : good.items()) {
    json less = good;
    less.erase(key);
    EXPECT_EQ(json_schema(schema()).check(less).size(), 1) << key;
  }
  json more = good;
  more["parts"][0]["rows"][0]["colour"] = "red";
  EXPECT_EQ(json_schema(schema()).check(more).size(), 1);
}

TEST(report_json, has_every_figure) {
  const report made = whole_report();
  const json document = json::parse(to_json(made));
  ASSERT_EQ(document["parts"].size(), made.parts.size());
  for (std::size_t i = 0; i < made.parts.size(); ++i) {
    ASSERT_EQ(document["parts"][i]["rows"].size(), made.parts[i].rows.size());
    for (std::size_t k = 0; k < made.parts[i].rows.size(); ++k) {
      const row& want = made.parts[i].rows[k];
      const json& got = document["parts"][i]["rows"][k];
      EXPECT_EQ(got.contains("not_measured"), !want.value);
      if (want.value) {
        EXPECT_EQ(got["best"], want.value->best);
      }
    }
  }
  EXPECT_EQ(document["verdicts"].size(), made.verdicts.size());
}

}  // namespace
}  // namespace nearmem::measure
