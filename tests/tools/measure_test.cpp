#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <nearmem/topology/machine.hpp>

#include "tests/accounting/json_schema.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/tools/command_run.hpp"
#include "tests/tools/documented.hpp"

namespace nearmem {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

command_run measure(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "measure");
  return run_command(arguments);
}

void expect_refusal(const std::vector<std::string>& arguments, const std::string& what) {
  const command_run run = measure(arguments);
  EXPECT_EQ(run.status, 2) << what;
  EXPECT_EQ(run.output, "") << what;
  EXPECT_TRUE(is_one_line(run.error)) << run.error;
  EXPECT_THAT(run.error, HasSubstr(what));
}

bool is_live() {
  return machine::discover().is_live();
}

TEST(measure, explains_itself_as_the_document_quotes) {
  const command_run run = measure({"--help"});
  EXPECT_EQ(run.status, 0);
  EXPECT_TRUE(is_quoted("docs/measure.md", run.output)) << run.output;
}

TEST(measure, measures_what_is_named_and_nothing_else) {
  if (!is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const command_run run = measure({"--quick", "--only", "paths,cores"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.error, "");
  EXPECT_THAT(run.output, HasSubstr("\ncores ("));
  EXPECT_THAT(run.output, HasSubstr("\npaths ("));
  EXPECT_THAT(run.output, Not(HasSubstr("\nlatency (")));
}

TEST(measure, prints_json_of_its_schema) {
  if (!is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const command_run run =
      measure({"--quick", "--only", "paths", "--only", "interference", "--json"});
  EXPECT_EQ(run.status, 0);
  const auto found = nlohmann::json::parse(run.output);
  const auto schema = nlohmann::json::parse(document("docs/measure.schema.json"));
  EXPECT_THAT(json_schema(schema).check(found), IsEmpty());
  EXPECT_EQ(found["parts"].size(), 2);
}

TEST(measure, writes_a_file_by_which_the_machine_knows_itself) {
  if (!is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const scratch_folder folder;
  const std::string file = folder.path("measured.xml");
  const command_run run = measure({"--quick", "--only", "interference,cores", "--xml", file});
  EXPECT_EQ(run.status, 0);
  const machine known = machine::discover(std::filesystem::path(file));
  ASSERT_NE(known.measured(), nullptr);
  EXPECT_EQ(known.measured()->origin, file);
  EXPECT_TRUE(known.measured()->latencies.empty());
}

TEST(measure, compares_itself_with_an_earlier_run) {
  if (!is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const std::vector<std::string> quick = {"--quick", "--only", "paths", "--json"};
  const command_run before = measure(quick);
  ASSERT_EQ(before.status, 0);
  const scratch_folder folder;
  const std::string file = folder.write("earlier.json", before.output);
  std::vector<std::string> again = quick;
  again.insert(again.end(), {"--compare", file});
  const auto found = nlohmann::json::parse(measure(again).output);
  EXPECT_EQ(found["compared"]["file"], file);
  EXPECT_GE(found["compared"]["figures"], 3);

  auto foreign = nlohmann::json::parse(before.output);
  foreign["fingerprint"] = "0123456789abcdef";
  expect_refusal({"--compare", folder.write("foreign.json", foreign.dump())},
                 "of other hardware: its fingerprint is 0123456789abcdef");
  expect_refusal({"--compare", folder.write("damaged.json", before.output.substr(0, 400))},
                 "damaged.json: damaged");
  expect_refusal({"--compare", "/nonexistent.json"}, "/nonexistent.json: No such file");
}

TEST(measure, refuses_bad_usage) {
  expect_refusal({"--only", "latency,colour"}, "colour");
  expect_refusal({"--only"}, "--only");
  expect_refusal({"--quick=3"}, "quick");
  expect_refusal({"--json=1"}, "json");
  expect_refusal({"--nonsense"}, "--nonsense");
  expect_refusal({"all"}, "all");
}

TEST(measure, refuses_a_file_that_cannot_be_written_before_it_measures) {
  if (!is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  expect_refusal({"--xml", "/nonexistent/measured.xml"},
                 "/nonexistent/measured.xml: No such file or directory");
}

TEST(measure, fails_where_its_output_cannot_be_written) {
  if (!is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const command_run run =
      run_command({"measure", "--quick", "--only", "cores"}, output_to::full_device);
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(is_one_line(run.error)) << run.error;
  const scratch_folder folder;
  EXPECT_EQ(measure({"--quick", "--only", "cores", "--xml", "/dev/full"}).status, 1);
}

}  // namespace
}  // namespace nearmem
