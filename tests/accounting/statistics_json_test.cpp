#include <fstream>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <nearmem/accounting/statistics_json.hpp>
#include <nearmem/accounting/statistics_words.hpp>

#include "tests/accounting/json_schema.hpp"
#include "tests/accounting/sample_statistics.hpp"

namespace nearmem {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

json read_schema() {
  std::ifstream file(NEARMEM_SOURCE_ROOT "/docs/statistics.schema.json");
  return json::parse(file);
}

TEST(statistics_json, follows_the_schema_that_is_kept_in_the_documents) {
  const json_schema schema(read_schema());
  EXPECT_THAT(schema.check(json::parse(to_json(sample_statistics()))), IsEmpty());
  EXPECT_THAT(schema.check(json::parse(to_json({}))), IsEmpty());
}

TEST(statistics_json, is_refused_by_the_schema_when_anything_is_wrong) {
  const json_schema schema(read_schema());
  const json good = json::parse(to_json(sample_statistics()));
  json wrong = good;
  wrong["version"] = 2;
  EXPECT_THAT(schema.check(wrong), ElementsAre("/version: not 1"));
  wrong = good;
  wrong["resources"][0]["charged_bytes"] = "900000";
  EXPECT_THAT(schema.check(wrong), ElementsAre("/resources/0/charged_bytes: not of type integer"));
  wrong = good;
  wrong["budgets"][1].erase("used_bytes");
  EXPECT_THAT(schema.check(wrong), ElementsAre("/budgets/1: without \"used_bytes\""));
  wrong = good;
  wrong["nodes"][0]["colour"] = "red";
  EXPECT_THAT(schema.check(wrong), ElementsAre("/nodes/0: has also colour"));
  wrong = good;
  wrong["size_classes"][0]["utilisation_ratio"] = 1.5;
  EXPECT_THAT(schema.check(wrong), ElementsAre("/size_classes/0/utilisation_ratio: above 1"));
}

TEST(statistics_json, has_a_schema_of_exactly_the_words_of_the_books) {
  const json schema = read_schema();
  EXPECT_EQ(schema["properties"]["version"]["const"], statistics_schema_version);
  for (const statistics_section& section : statistics_sections()) {
    ASSERT_TRUE(schema["properties"].contains(section.plural)) << section.plural;
    const json& properties = schema["$defs"][std::string(section.name)]["properties"];
    std::set<std::string> in_schema;
    for (const auto& [key, type] : properties.items())
      in_schema.insert(key);
    std::set<std::string> in_books;
    for (const statistics_word& word : section.words) {
      in_books.insert(word.key());
      EXPECT_EQ(properties[word.key()]["$ref"], "#/$defs/" + std::string(to_string(word.unit)))
          << section.name << ' ' << word.name;
    }
    EXPECT_EQ(in_schema, in_books) << section.name;
  }
}

TEST(statistics_json, says_what_the_books_say) {
  const json read = json::parse(to_json(sample_statistics()));
  EXPECT_EQ(read["machine"]["live"], false);
  EXPECT_EQ(read["nodes"][1]["fallback_order"], json({2, 0}));
  EXPECT_EQ(read["resources"][0]["requested_bytes"], 850'000);
  EXPECT_FALSE(read["resources"][1].contains("requested_bytes"));
  EXPECT_EQ(read["resources"][1]["resource"], "odd \"name\"\\ with\nlines \u00FC");
  EXPECT_EQ(read["resources"][1]["placement"], "bind(2)");
  EXPECT_EQ(read["resource_nodes"].size(), 3);
  EXPECT_EQ(read["size_classes"][0]["cell_bytes"], 64);
  EXPECT_EQ(read["arenas"][1]["shard"], "cpu 1");
  EXPECT_FALSE(read["budgets"][1].contains("limit_bytes"));
  EXPECT_EQ(read["budget_nodes"][0]["limit_bytes"], 2'000'000);
}

}  // namespace
}  // namespace nearmem
