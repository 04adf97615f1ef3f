#include "tools/fullnode_compare.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tools/command_run.hpp"

namespace nearmem {
namespace {

TEST(fullnode_compare, shows_one_load_on_several_resources_side_by_side) {
  const command_run run =
      run_command({"fullnode", "--scenario", "steady", "--transactions", "3000", "--budget",
                   "32MiB", "--resource", "nearmem,new_delete,std_pool,core_pool"});
  EXPECT_EQ(run.status, 0) << run.error;
  EXPECT_EQ(std::ranges::count(run.output, '\n'), 5) << run.output;
  for (const char* name : {"nearmem", "new_delete", "std_pool", "core_pool"})
    EXPECT_NE(run.output.find(std::string("\n") + name), std::string::npos) << run.output;
}

TEST(fullnode_compare, gives_programs_every_run_whole) {
  const command_run run =
      run_command({"fullnode", "--json", "--scenario", "ibd", "--transactions", "3000",
                   "--resource", "nearmem", "--resource", "new_delete"});
  EXPECT_EQ(run.status, 0) << run.error;
  const auto all = nlohmann::json::parse(run.output);
  ASSERT_EQ(all.at("runs").size(), 2u);
  EXPECT_EQ(all.at("runs").at(1).at("resource"), "new_delete");
  EXPECT_EQ(all.at("runs").at(0).at("transactions"), all.at("runs").at(1).at("transactions"));
}

TEST(fullnode_compare, keeps_databases_apart) {
  const command_run run = run_command(
      {"fullnode", "--scenario", "steady", "--data", "folder", "--resource", "nearmem,std_pool"});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.error, "nearmem: --data: runs that are compared have a temporary database each\n");
}

}  // namespace
}  // namespace nearmem
