#include "tools/scratch_database.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/scratch_folder.hpp"

namespace nearmem::tools {
namespace {

TEST(scratch_database, goes_with_everything_in_it) {
  std::string folder;
  {
    const scratch_database temporary("");
    folder = temporary.folder();
    EXPECT_TRUE(std::filesystem::is_directory(folder));
    std::ofstream(folder + "/file") << "text";
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(scratch_database, stays_where_it_was_asked_for) {
  const scratch_folder own;
  const std::string file = own.write("file", "text");
  {
    const scratch_database asked(own.path(""));
    EXPECT_EQ(asked.folder(), own.path(""));
  }
  EXPECT_TRUE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace nearmem::tools
