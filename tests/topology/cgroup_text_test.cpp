#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/topology/cgroup_text.hpp>

namespace nearmem {
namespace {

using files = std::vector<std::string>;

TEST(cgroup_text, reads_bounds) {
  EXPECT_EQ(parse_memory_bound("1073741824\n"), 1073741824);
  EXPECT_EQ(parse_memory_bound("0\n"), 0);
  EXPECT_EQ(parse_memory_bound("max\n"), std::nullopt);
  EXPECT_EQ(parse_memory_bound("9223372036854771712\n"), std::nullopt);  // version 1, 4 KiB pages
  EXPECT_EQ(parse_memory_bound("9223372036854710272\n"), std::nullopt);  // version 1, 64 KiB pages
  EXPECT_EQ(parse_memory_bound(""), std::nullopt);
}

TEST(cgroup_text, walks_version_2_up_to_the_root) {
  EXPECT_EQ(memory_bound_files(
                "0::/user.slice/app.scope\n",
                "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"),
            (files{"/sys/fs/cgroup/user.slice/app.scope/memory.max",
                   "/sys/fs/cgroup/user.slice/memory.max", "/sys/fs/cgroup/memory.max"}));
}

TEST(cgroup_text, finds_version_1_among_other_controllers) {
  EXPECT_EQ(memory_bound_files("9:name=systemd:/x\n4:memory:/jobs/7\n3:cpuset:/y\n",
                               "34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
                               "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"),
            (files{"/sys/fs/cgroup/memory/jobs/7/memory.limit_in_bytes",
                   "/sys/fs/cgroup/memory/jobs/memory.limit_in_bytes",
                   "/sys/fs/cgroup/memory/memory.limit_in_bytes"}));
}

TEST(cgroup_text, takes_both_versions_where_both_are_mounted) {
  EXPECT_EQ(memory_bound_files("4:cpu,memory:/\n0::/\n",
                               "35 31 0:32 / /m rw - cgroup cgroup rw,cpu,memory\n"
                               "41 31 0:38 / /u rw - cgroup2 cgroup2 rw\n"),
            (files{"/m/memory.limit_in_bytes", "/u/memory.max"}));
}

TEST(cgroup_text, cuts_what_a_container_does_not_see) {
  constexpr const char* mounts =
      "35 31 0:32 /docker/ab12 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
  EXPECT_EQ(memory_bound_files("4:memory:/docker/ab12/inner\n", mounts),
            (files{"/sys/fs/cgroup/memory/inner/memory.limit_in_bytes",
                   "/sys/fs/cgroup/memory/memory.limit_in_bytes"}));
  EXPECT_EQ(memory_bound_files("4:memory:/docker/ab12\n", mounts),
            (files{"/sys/fs/cgroup/memory/memory.limit_in_bytes"}));
  // Not beneath the mount's root, whatever the letters it begins with.
  EXPECT_EQ(memory_bound_files("4:memory:/docker/ab123\n", mounts),
            (files{"/sys/fs/cgroup/memory/memory.limit_in_bytes"}));
}

TEST(cgroup_text, stays_at_the_mount_point_where_the_path_leads_out_of_it) {
  EXPECT_EQ(
      memory_bound_files("0::/../../elsewhere\n", "41 31 0:38 / /u rw - cgroup2 cgroup2 rw\n"),
      (files{"/u/memory.max"}));
}

TEST(cgroup_text, finds_nothing_in_nonsense) {
  EXPECT_EQ(memory_bound_files("", ""), files{});
  EXPECT_EQ(memory_bound_files("0::/\n", "no mount at all\n - \n"), files{});
  EXPECT_EQ(memory_bound_files("0\n:\n::\n", "41 31 0:38 / /u rw - cgroup2 cgroup2 rw\n"), files{});
}

}  // namespace
}  // namespace nearmem
