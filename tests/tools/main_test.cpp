#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/tools/command_run.hpp"

namespace nearmem {
namespace {

TEST(command, says_its_version) {
  command_run run = run_command({"--version"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.output, "nearmem " NEARMEM_VERSION "\n");
  EXPECT_EQ(run.error, "");
}

TEST(command, explains_itself_when_asked) {
  command_run run = run_command({"--help"});
  EXPECT_EQ(run.status, 0);
  EXPECT_NE(run.output.find("Usage: nearmem"), std::string::npos) << run.output;
  EXPECT_EQ(run.error, "");
}

TEST(command, refuses_bad_usage_with_one_line_and_status_2) {
  const std::vector<std::vector<std::string>> cases = {
      {}, {""}, {"nonsense"}, {"--nonsense"}, {"-x"}, {"--"}, {"--version=nonsense"}, {"a\nb"},
  };
  for (const std::vector<std::string>& arguments : cases) {
    command_run run = run_command(arguments);
    std::string shown = testing::PrintToString(arguments);
    EXPECT_EQ(run.status, 2) << shown;
    EXPECT_EQ(run.output, "") << shown;
    EXPECT_TRUE(is_one_line(run.error)) << shown << ": " << run.error;
    EXPECT_EQ(run.error.rfind("nearmem: ", 0), 0u) << shown << ": " << run.error;
  }
}

TEST(command, fails_with_one_line_where_its_output_cannot_be_written) {
  for (output_to where : {output_to::full_device, output_to::closed_pipe, output_to::nowhere}) {
    command_run run = run_command({"--help"}, where);
    EXPECT_EQ(run.status, 1);
    EXPECT_TRUE(is_one_line(run.error)) << run.error;
    EXPECT_EQ(run.error.rfind("nearmem: cannot write to standard output: ", 0), 0u) << run.error;
  }
}

}  // namespace
}  // namespace nearmem
