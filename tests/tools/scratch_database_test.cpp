#include "tools/scratch_database.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/scratch_folder.hpp"
#include "tools/command.hpp"

namespace nearmem::tools {
namespace {

namespace fs = std::filesystem;

// Temporary databases lie in a folder of the test's.
class scratch_database_folder : public testing::Test {
 protected:
  scratch_database_folder() { ::setenv("TMPDIR", folder.path("").c_str(), 1); }
  ~scratch_database_folder() override { ::unsetenv("TMPDIR"); }

  // What a run leaves that was killed.
  fs::path left(const std::string& name) const {
    fs::path made = folder.path(name);
    fs::create_directories(made / "database");
    fs::permissions(made, fs::perms::owner_all);
    std::ofstream(made / "database" / "CURRENT") << "text";
    return made;
  }

  scratch_folder folder;
};

TEST_F(scratch_database_folder, goes_with_everything_in_it) {
  fs::path database;
  {
    const scratch_database temporary("");
    database = temporary.folder();
    EXPECT_FALSE(fs::exists(database)) << "who opens a database makes its folder";
    fs::create_directory(database);
    std::ofstream(database / "file") << "text";
    EXPECT_TRUE(fs::exists(database / "file"));
  }
  EXPECT_FALSE(fs::exists(database.parent_path()));
  EXPECT_TRUE(fs::is_empty(folder.path("")));
}

TEST_F(scratch_database_folder, of_a_killed_run_goes_with_the_next) {
  const fs::path killed = left("nearmem-fullnode-abc123");
  const fs::path other = left("nearmem-fullnode-XYZ789");
  const scratch_database temporary("");
  EXPECT_FALSE(fs::exists(killed));
  EXPECT_FALSE(fs::exists(other));
}

TEST_F(scratch_database_folder, of_a_live_run_stays) {
  const scratch_database live("");
  fs::create_directory(live.folder());
  const scratch_database temporary("");
  EXPECT_TRUE(fs::exists(live.folder()));
}

TEST_F(scratch_database_folder, that_another_run_makes_this_moment_stays) {
  const fs::path made = folder.path("nearmem-fullnode-abc123");
  fs::create_directory(made);
  fs::permissions(made, fs::perms::owner_all);
  const scratch_database temporary("");
  EXPECT_TRUE(fs::exists(made));
}

TEST_F(scratch_database_folder, is_left_alone_where_it_may_be_another_s) {
  const fs::path of_another_name = left("nearmem-fullnode-abc1234");
  const fs::path for_all_to_see = left("nearmem-fullnode-abc123");
  fs::permissions(for_all_to_see, fs::perms::owner_all | fs::perms::group_read);
  const fs::path with_more_in_it = left("nearmem-fullnode-abc124");
  std::ofstream(with_more_in_it / "notes") << "text";
  const fs::path asked_for = folder.path("nearmem-fullnode-abc125");  // by --data
  fs::create_directory(asked_for);
  fs::permissions(asked_for, fs::perms::owner_all);
  std::ofstream(asked_for / "CURRENT") << "text";
  const fs::path elsewhere = left("elsewhere");
  fs::create_directory_symlink(elsewhere, folder.path("nearmem-fullnode-abc126"));
  const fs::path file = folder.write("nearmem-fullnode-abc127", "text");
  const fs::path with_a_link = folder.path("nearmem-fullnode-abc128");
  fs::create_directory(with_a_link);
  fs::permissions(with_a_link, fs::perms::owner_all);
  fs::create_directory_symlink(elsewhere / "database", with_a_link / "database");
  const scratch_database temporary("");
  for (const fs::path& each :
       {of_another_name / "database" / "CURRENT", for_all_to_see / "database" / "CURRENT",
        with_more_in_it / "notes", with_more_in_it / "database" / "CURRENT", asked_for / "CURRENT",
        elsewhere / "database" / "CURRENT", file, with_a_link / "database"})
    EXPECT_TRUE(fs::exists(each)) << each;
}

TEST_F(scratch_database_folder, is_refused_by_name_where_there_is_no_place_for_one) {
  const std::string gone = folder.path("gone");
  ::setenv("TMPDIR", gone.c_str(), 1);
  try {
    const scratch_database temporary("");
    FAIL() << temporary.folder();
  } catch (const bad_input& error) {
    EXPECT_EQ(error.what(), gone + ": no temporary folder can be made there; see --data");
  }
}

TEST(scratch_database, stays_where_it_was_asked_for) {
  const scratch_folder own;
  const std::string file = own.write("file", "text");
  {
    const scratch_database asked(own.path(""));
    EXPECT_EQ(asked.folder(), own.path(""));
  }
  EXPECT_TRUE(fs::exists(file));
}

}  // namespace
}  // namespace nearmem::tools
