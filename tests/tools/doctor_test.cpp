#include <cstdlib>
#include <cstring>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <nearmem/topology/machine.hpp>

#include "tests/support/scratch_folder.hpp"
#include "tests/tools/command_run.hpp"
#include "tests/tools/documented.hpp"

namespace nearmem {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string tiers = NEARMEM_SOURCES "/tests/topology/data/memory_tiers.xml";

command_run doctor(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "doctor");
  return run_command(arguments);
}

// All that the operating system may give as a reason, as a pattern.
std::string reasons() {
  std::string pattern;
  for (int error = 1; error < 134; ++error) {
    pattern += (pattern.empty() ? "(?:" : "|") + std::string(std::strerror(error));
  }
  return pattern + ")";
}

// The lines for standard error that the document promises for a status, as patterns.
std::vector<std::regex> promised_lines(int status) {
  const std::vector<std::pair<std::string, std::string>> placeholders = {
      {"\\bN\\b", "[0-9]+"}, {"FILE: ", ".+: "}, {"OPTION: ", "--[a-z]+: "},
      {"TEXT", ".*"},        {"NAME", ".*"},     {"REASON", reasons()},
  };
  const std::string text = documented_section("docs/doctor.md", "## Standard error");
  const std::regex row("\\| " + std::to_string(status) + " \\| `([^`\n]+)` \\|");
  std::vector<std::regex> lines;
  for (std::sregex_iterator each(text.begin(), text.end(), row), end; each != end; ++each) {
    std::string line =
        std::regex_replace(std::string((*each)[1]), std::regex(R"([.*+?^${}()|\[\]\\])"), R"(\$&)");
    for (const auto& [name, pattern] : placeholders) {
      line = std::regex_replace(line, std::regex(name), pattern);
    }
    lines.emplace_back(line + "\n");
  }
  return lines;
}

bool is_promised(const std::string& error, int status) {
  for (const std::regex& each : promised_lines(status)) {
    if (std::regex_match(error, each)) return true;
  }
  return false;
}

void expect_refusal(const std::vector<std::string>& arguments, const std::string& what) {
  const command_run run = doctor(arguments);
  EXPECT_EQ(run.status, 2) << what;
  EXPECT_EQ(run.output, "") << what;
  EXPECT_TRUE(is_one_line(run.error)) << run.error;
  EXPECT_THAT(run.error, HasSubstr(what));
  EXPECT_TRUE(is_promised(run.error, 2)) << run.error << " is not in docs/doctor.md";
}

TEST(doctor, looks_where_pages_lie_if_asked) {
  const command_run run = doctor({"--audit", "--json"});
  EXPECT_EQ(run.status, 0);
  const nlohmann::json document = nlohmann::json::parse(run.output);
  if (document["simulated"]) GTEST_SKIP() << "hwloc is told to load another machine";
  ASSERT_FALSE(document["audits"].empty());
  EXPECT_EQ(document["audits"][0]["misplaced"], 0);
  EXPECT_GE(document["audits"][0]["pages"], 1);
}

TEST(doctor, shows_this_machine) {
  const command_run run = doctor({});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.error, "");
  EXPECT_THAT(run.output, StartsWith("machine"));
  EXPECT_THAT(run.output, HasSubstr("\nplacement\n"));
}

TEST(doctor, prints_json) {
  const command_run run = doctor({"--json"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.error, "");
  const auto document = nlohmann::json::parse(run.output);
  EXPECT_EQ(document["schema"], "nearmem.doctor/1");
  EXPECT_FALSE(document["nodes"].empty());
}

TEST(doctor, shows_described_machines_marked_simulated) {
  for (const std::vector<std::string>& described :
       {std::vector<std::string>{"--synthetic", "pack:2 numa:1 core:4 pu:2"}, {"--xml", tiers}}) {
    const command_run text = doctor(described);
    EXPECT_EQ(text.status, 0);
    EXPECT_EQ(text.error, "");
    EXPECT_THAT(text.output, StartsWith("machine (simulated)\n"));
    std::vector<std::string> with_json = described;
    with_json.emplace_back("--json");
    EXPECT_EQ(nlohmann::json::parse(doctor(with_json).output)["simulated"], true);
  }
}

TEST(doctor, explains_itself_as_the_document_quotes) {
  const command_run run = doctor({"--help"});
  EXPECT_EQ(run.status, 0);
  EXPECT_TRUE(is_quoted("docs/doctor.md", run.output)) << run.output;
}

TEST(doctor, refuses_bad_usage) {
  expect_refusal({"--synthetic", "pu:2", "--xml", tiers}, "--synthetic excludes --xml");
  expect_refusal({"--audit", "--xml", tiers}, "--audit excludes --xml");
  expect_refusal({"--audit", "--synthetic", "pu:2"}, "--audit excludes --synthetic");
  expect_refusal({"--synthetic"}, "--synthetic: 1 required STRING missing");
  expect_refusal({"--xml"}, "--xml: 1 required FILE missing");
  expect_refusal({"--json=3"}, "json was given");
  expect_refusal({"--nonsense"}, "--nonsense");
  expect_refusal({"one", "two"}, "one");
}

TEST(doctor, refuses_nonsense_for_a_machine) {
  expect_refusal({"--synthetic", "nonsense"}, "'nonsense': hwloc cannot read it");
  expect_refusal({"--synthetic", "pack:99999999 pu:9999999"}, "more than 65536 CPUs");
  expect_refusal({"--synthetic", "numa:2000 pu:1"}, "node number 1024 is beyond 1023");
  expect_refusal({"--synthetic", "a\nb"}, "a\\x0ab");
}

TEST(doctor, refuses_bad_files_by_name_offset_and_reason) {
  const scratch_folder folder;
  const std::string good = document("tests/topology/data/memory_tiers.xml");
  const std::string file = folder.path("machine.xml");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ": byte 0: the file is empty"},
      {"hello", ": byte 0: not XML"},
      {"<html/>", ": byte 0: no <topology> in it"},
      {good + "<tail/>", ": text after the end"},
      {good.substr(0, 1000), ": byte 1000: the file ends within "},
      {"<topology></object></topology>", ": byte 10: </object> closes nothing"},
      {"<topology", ": byte 9: the file ends within a tag"},
      {"<topology></topology", ": byte 20: the file ends within a closing tag"},
      {"<topology><object a=\"", ": byte 21: the file ends within an attribute"},
      {"<topology><!--", ": byte 14: the file ends within a comment"},
      {"<?xml", ": byte 5: the file ends within a declaration"},
      {"<topology><object <", ": byte 18: a tag begins within a tag"},
      {"<topology><object type=\"PU\" os_index=\"4000000000\"/></topology>",
       ": byte 10: os_index 4000000000 is beyond 65535"},
      {"<topology version=\"2.0\"></topology>", ": byte 0: hwloc cannot load it: "},
      {"<topology>" +
           [] {
             std::string deep;
             for (int i = 0; i < 300; ++i)
               deep += "<object>";
             return deep;
           }(),
       ": nested too deeply"},
  };
  for (const auto& [text, what] : cases) {
    folder.write("machine.xml", text);
    expect_refusal({"--xml", file}, "nearmem: " + file);
    expect_refusal({"--xml", file}, what);
  }
  expect_refusal({"--xml", folder.path("gone.xml")}, "gone.xml: No such file or directory");
  expect_refusal({"--xml", folder.path("")}, ": is a directory");
  expect_refusal({"--xml", ""}, "the name of the file is empty");
}

TEST(doctor, shows_what_was_measured_beside_what_is_stated) {
  const machine here = machine::discover().without_measurements();
  if (!here.is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const scratch_folder folder;
  const node_id node = here.nodes().front().id;
  const measurements measured{.fingerprint = here.fingerprint(),
                              .latencies = {{node, node, 777}},
                              .bandwidths = {{node, node, 888}},
                              .interference_bytes = 256};
  const std::string file = folder.write("measured.xml", here.with_measurements(measured).to_xml());
  const command_run run = doctor({"--measured", file});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.output, HasSubstr("256 B, measured"));
  EXPECT_THAT(run.output, HasSubstr("\nmeasured\n  from         " + file));
  EXPECT_THAT(run.output, HasSubstr("latencies (ns), measured\n"));
  EXPECT_THAT(run.output, HasSubstr("777"));
  EXPECT_THAT(run.output, HasSubstr("888"));
  const auto document = nlohmann::json::parse(doctor({"--measured", file, "--json"}).output);
  EXPECT_EQ(document["measured"]["interference_bytes"], 256);
  EXPECT_EQ(document["interference_bytes"], 256);
}

TEST(doctor, says_that_the_file_of_the_environment_is_refused) {
  if (!machine::discover().is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const scratch_folder folder;
  const std::string file = folder.write("measured.xml", "nonsense");
  ASSERT_EQ(::setenv("NEARMEM_MEASURED", file.c_str(), 1), 0);
  const command_run run = doctor({});
  const command_run json = doctor({"--json"});
  ASSERT_EQ(::unsetenv("NEARMEM_MEASURED"), 0);
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.output, HasSubstr("refused  NEARMEM_MEASURED: " + file + ": byte 0: not XML"));
  EXPECT_THAT(run.output, HasSubstr("\n  refused_measurements\n"));
  EXPECT_TRUE(nlohmann::json::parse(json.output)["measured"].is_null());
}

TEST(doctor, refuses_measurements_that_are_damaged_or_foreign) {
  const machine other = machine::from_synthetic("pack:3 [numa] pu:5");
  const measurements measured{.fingerprint = other.fingerprint()};
  const std::string xml = other.with_measurements(measured).to_xml();
  const scratch_folder folder;
  const std::string file = folder.write("measured.xml", xml);
  expect_refusal({"--measured", file}, file + ": was measured on other hardware");
  folder.write("measured.xml", xml.substr(0, xml.size() / 2));
  expect_refusal({"--measured", file}, file + ": byte ");
  folder.write("measured.xml", other.to_xml());
  expect_refusal({"--measured", file}, file + ": holds no measurements");
  std::string changed = xml;
  changed.replace(changed.find("noise_percent\" value=\"0"), 24, "noise_percent\" value=\"9\"");
  folder.write("measured.xml", changed);
  expect_refusal({"--measured", file}, "its measurements are damaged: ");
  expect_refusal({"--measured", file, "--xml", file}, "excludes");
}

TEST(doctor, fails_with_status_1_where_its_output_cannot_be_written) {
  const command_run run = run_command({"doctor"}, output_to::full_device);
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(is_one_line(run.error)) << run.error;
  EXPECT_TRUE(is_promised(run.error, 1)) << run.error << " is not in docs/doctor.md";
}

TEST(doctor, promises_no_more_than_it_says) {
  EXPECT_FALSE(is_promised("nearmem: quux\n", 2));
  EXPECT_FALSE(is_promised("nearmem: m.xml: quux\n", 2));
  EXPECT_FALSE(is_promised("nearmem: m.xml: byte 7: quux\n", 2));
  EXPECT_TRUE(is_promised("nearmem: m.xml: Permission denied\n", 2));
}

}  // namespace
}  // namespace nearmem
