#include "tools/page_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include <gmock/gmock.h>

#include "tests/support/scratch_folder.hpp"
#include "tools/command.hpp"

namespace nearmem::tools {
namespace {

using testing::HasSubstr;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(page_file, holds_the_page_when_it_was_written) {
  const scratch_folder folder;
  const std::string path = folder.path("page.html");
  {
    page_file file(path);
    file.write("<!DOCTYPE html>");
  }
  EXPECT_EQ(text_of(path), "<!DOCTYPE html>");
}

TEST(page_file, keeps_what_was_there_until_the_page_is_written) {
  const scratch_folder folder;
  const std::string path = folder.path("page.html");
  std::ofstream(path) << "a longer page from before";
  {
    const page_file file(path);
  }
  EXPECT_EQ(text_of(path), "a longer page from before");
  page_file(path).write("new");
  EXPECT_EQ(text_of(path), "new");
}

TEST(page_file, leaves_nothing_where_no_page_was_written) {
  const scratch_folder folder;
  const std::string path = folder.path("page.html");
  {
    const page_file file(path);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(page_file, refuses_what_cannot_be_written_before_the_work) {
  const scratch_folder folder;
  for (const std::string& name : {folder.path(""), std::string(), folder.path("no/such/folder")}) {
    try {
      const page_file file(name);
      ADD_FAILURE() << name;
    } catch (const bad_input& error) {
      EXPECT_THAT(error.what(), HasSubstr("cannot write " + name + ": "));
    }
  }
}

TEST(page_file, says_that_a_disk_is_full) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  page_file file("/dev/full");
  EXPECT_THROW(file.write("page"), std::system_error);
}

}  // namespace
}  // namespace nearmem::tools
