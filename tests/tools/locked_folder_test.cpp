#include "tools/locked_folder.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/scratch_folder.hpp"

namespace nearmem::tools {
namespace {

namespace fs = std::filesystem;
using enum locked_folder::when_locked;

TEST(locked_folder, is_held_by_one_at_a_time) {
  const scratch_folder own;
  {
    const locked_folder first(own.path(""), give_up);
    EXPECT_TRUE(first.holds());
    EXPECT_FALSE(locked_folder(own.path(""), give_up).holds());
  }
  EXPECT_TRUE(locked_folder(own.path(""), wait).holds());
}

TEST(locked_folder, is_none_where_there_is_no_folder) {
  const scratch_folder own;
  EXPECT_FALSE(locked_folder(own.path("gone"), wait).holds());
  EXPECT_FALSE(locked_folder(own.write("file", "text"), wait).holds());
  fs::create_directory(own.path("folder"));
  fs::create_directory_symlink(own.path("folder"), own.path("link"));
  EXPECT_FALSE(locked_folder(own.path("link"), wait).holds());
}

TEST(locked_folder, is_private_where_nobody_else_may_look) {
  const scratch_folder own;
  const fs::path folder = own.path("folder");
  fs::create_directory(folder);
  const locked_folder lock(folder, give_up);
  ASSERT_TRUE(lock.holds());
  for (const fs::perms open_to : {fs::perms::group_exec, fs::perms::others_read}) {
    fs::permissions(folder, fs::perms::owner_all | open_to);
    EXPECT_FALSE(lock.is_private());
  }
  fs::permissions(folder, fs::perms::owner_all);
  EXPECT_TRUE(lock.is_private());
}

}  // namespace
}  // namespace nearmem::tools
