#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "examples/fullnode/run_json.hpp"
#include "examples/fullnode/run_table.hpp"
#include "tests/tools/command_run.hpp"
#include "tests/tools/documented.hpp"

namespace nearmem {
namespace {

using nlohmann::json;

constexpr const char* words_of_fullnode = "docs/fullnode.md";

// The single words of all that docs/fullnode.md shows as code.
std::set<std::string> defined_words() {
  std::set<std::string> words;
  const std::regex word("[A-Za-z_]+");
  for (const std::string& shown : code_words(document(words_of_fullnode))) {
    for (std::sregex_iterator at(shown.begin(), shown.end(), word), end; at != end; ++at) {
      words.insert(at->str());
    }
  }
  return words;
}

const std::vector<std::string> small_life = {"fullnode", "--count", "2", "--txs-per-block", "20"};

TEST(fullnode_words, of_the_table_are_all_defined) {
  const std::set<std::string> defined = defined_words();
  ASSERT_GT(defined.size(), 30u);
  command_run run = run_command(small_life);
  ASSERT_EQ(run.status, 0) << run.error;
  const std::regex word("[A-Za-z_]+");
  std::size_t words = 0;
  for (std::sregex_iterator at(run.output.begin(), run.output.end(), word), end; at != end; ++at) {
    EXPECT_TRUE(defined.contains(at->str())) << at->str();
    ++words;
  }
  EXPECT_GT(words, 100u);
}

// What only a long run has to say.
fullnode::run_result run_of_whole_cycles() {
  fullnode::run_result made;
  made.last.components.emplace_back().name = "coins";
  fullnode::run_quarter& quarter = made.quarters.emplace_back();
  quarter.samples = 1;
  quarter.cycles.components.resize(1);
  for (fullnode::running_mean* each :
       {&quarter.cycles.footprint, &quarter.cycles.resident, &quarter.cycles.components.front()})
    each->add(1'000);
  made.last_against_second = {{2'000, 10}, fullnode::mean_difference{2'000, 10}, "coins"};
  return made;
}

TEST(fullnode_words, of_a_runs_table_are_all_defined) {
  const std::set<std::string> defined = defined_words();
  // Those of a sentence that is not a name.
  const std::set<std::string> plain = {"in", "a", "an", "of", "at", "the", "what", "that"};
  command_run run = run_command({"fullnode", "--scenario", "steady", "--transactions", "4000"});
  ASSERT_EQ(run.status, 0) << run.error;
  const std::string table =
      run.output.substr(0, run.output.find("identities")) + to_table(run_of_whole_cycles(), {});
  EXPECT_NE(table.find("over whole cycles: "), std::string::npos);
  const std::regex word("[A-Za-z_]{3,}");  // of one or two letters: units
  for (std::sregex_iterator at(table.begin(), table.end(), word), end; at != end; ++at) {
    if (plain.contains(at->str()) || std::regex_match(at->str(), std::regex("[KMG]iB"))) continue;
    EXPECT_TRUE(defined.contains(at->str())) << at->str();
  }
}

void expect_keys_defined(const json& value, const std::set<std::string>& defined) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) {
      EXPECT_TRUE(defined.contains(key)) << key;
      expect_keys_defined(inner, defined);
    }
  } else if (value.is_array()) {
    for (const json& inner : value)
      expect_keys_defined(inner, defined);
  }
}

TEST(fullnode_words, of_the_json_are_all_defined) {
  std::vector<std::string> arguments = small_life;
  arguments.emplace_back("--json");
  command_run run = run_command(arguments);
  ASSERT_EQ(run.status, 0) << run.error;
  expect_keys_defined(json::parse(run.output), defined_words());
}

TEST(fullnode_words, of_a_runs_json_are_all_defined) {
  command_run run =
      run_command({"fullnode", "--scenario", "steady", "--transactions", "4000", "--json"});
  ASSERT_EQ(run.status, 0) << run.error;
  expect_keys_defined(json::parse(run.output), defined_words());
  const json longer = json::parse(to_json(run_of_whole_cycles(), {}));
  ASSERT_TRUE(longer.at("last_against_second").is_object());
  ASSERT_EQ(longer.at("quarters").front().at("cycles").at("components").size(), 1u);
  expect_keys_defined(longer, defined_words());
}

TEST(fullnode_words, of_each_identity_are_a_row_of_their_own) {
  std::set<std::string> rows =
      first_column(documented_section(words_of_fullnode, "## The identities"));
  std::vector<std::string> arguments = small_life;
  arguments.emplace_back("--json");
  const json report = json::parse(run_command(arguments).output);
  for (const json& each : report.at("identities")) {
    std::string name = each.at("name");
    // "coins: ..." is the row "...", for a component.
    for (const char* component : {"block: ", "mempool: ", "coins: ", "totals: "}) {
      if (name.rfind(component, 0) == 0) name.erase(0, std::string(component).size());
    }
    EXPECT_TRUE(rows.contains(name)) << name;
  }
}

}  // namespace
}  // namespace nearmem
