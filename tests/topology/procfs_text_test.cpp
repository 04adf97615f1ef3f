#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/topology/procfs_text.hpp>

namespace nearmem {
namespace {

TEST(procfs_text, takes_pieces_off_the_front) {
  std::string_view text = "a:b";
  EXPECT_EQ(take_until(text, ':'), "a");
  EXPECT_EQ(take_until(text, ':'), "b");
  EXPECT_EQ(take_until(text, ':'), "");
  EXPECT_TRUE(text.empty());
}

TEST(procfs_text, reads_numbers) {
  EXPECT_EQ(parse_number("2\n"), 2);
  EXPECT_EQ(parse_number(" 18446744073709551615 "), 18446744073709551615U);
  for (const char* text : {"", "\n", "x", "1x", "-1", "1 2", "18446744073709551616", "max"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
}

TEST(procfs_text, finds_fields_by_whole_keys) {
  constexpr std::string_view status =
      "Name:\tx\nMems_allowed:\t00000000,00000003\nMems_allowed_list:\t0-1\nVmRSS:\t    128 kB\n";
  EXPECT_EQ(find_field(status, "Mems_allowed_list"), "0-1");
  EXPECT_EQ(find_field(status, "Mems_allowed"), "00000000,00000003");
  EXPECT_EQ(find_field(status, "VmRSS"), "128 kB");
  EXPECT_EQ(find_field(status, "Mems"), std::nullopt);
  EXPECT_EQ(find_field(status, "VmRSS:"), std::nullopt);
  EXPECT_EQ(find_field("", "Name"), std::nullopt);
  EXPECT_EQ(find_field("Name", "Name"), std::nullopt);
  EXPECT_EQ(find_field("Node 0 MemTotal:  11 kB\nNode 0 MemFree:  9 kB\n", "Node 0 MemFree"),
            "9 kB");
}

TEST(procfs_text, reads_kib_as_bytes) {
  EXPECT_EQ(parse_kib("128 kB"), 131072);
  EXPECT_EQ(parse_kib("      0 kB\n"), 0);
  for (const char* text : {"", "kB", " kB", "128", "128 MB", "x kB", "18446744073709551615 kB"}) {
    EXPECT_EQ(parse_kib(text), std::nullopt) << text;
  }
}

TEST(procfs_text, finds_the_choice) {
  EXPECT_EQ(parse_choice("always [madvise] never\n"), "madvise");
  EXPECT_EQ(parse_choice("[always] madvise never"), "always");
  EXPECT_EQ(parse_choice("always madvise never"), "");
  EXPECT_EQ(parse_choice("]["), "");
  EXPECT_EQ(parse_choice(""), "");
}

TEST(procfs_text, reads_policies_as_the_kernel_writes_them) {
  const auto policy = [](const std::string& words) {
    return parse_policy("55755ea80000 " + words +
                        " file=/usr/bin/head mapped=2 N0=2\n"
                        "55755ea82000 bind:7 anon=1\n");
  };
  EXPECT_EQ(policy("default"), "default");
  EXPECT_EQ(policy("local"), "local");
  EXPECT_EQ(policy("bind:0-1,3"), "bind:0-1,3");
  EXPECT_EQ(policy("bind=static:0"), "bind:0");
  EXPECT_EQ(policy("bind=static|balancing:0-1"), "bind:0-1");
  EXPECT_EQ(policy("prefer:2"), "preferred:2");
  EXPECT_EQ(policy("prefer (many):0-1"), "preferred_many:0-1");
  EXPECT_EQ(policy("prefer (many)=relative:0-1"), "preferred_many:0-1");
  EXPECT_EQ(policy("interleave=relative:0-3"), "interleave:0-3");
  EXPECT_EQ(policy("weighted interleave:0-3"), "weighted_interleave:0-3");
  EXPECT_EQ(policy("strange:0"), "");
  EXPECT_EQ(parse_policy(""), "");
  EXPECT_EQ(parse_policy("55755ea80000"), "");
  EXPECT_EQ(parse_policy("55755ea80000 bind="), "bind");
}

TEST(procfs_text, finds_the_node_of_every_mapping) {
  const std::string maps =
      "55755ea80000 default file=/bin/cat mapped=5 N1=5 kernelpagesize_kB=4\n"
      "7f0000000000 prefer (many):0-1 anon=3 dirty=3 N0=2 N1=1 kernelpagesize_kB=4\n"
      "7f0000400000 bind:0 anon=7 N0=7\n"
      "no address\n"
      "7f0000800000 weighted interleave:0-3\n"
      "7f0000c00000 default file=/N2=x N3=1";
  const std::vector<mapping_node> expected = {{0x55755ea80000, node_id{1}},
                                              {0x7f0000000000, std::nullopt},
                                              {0x7f0000400000, node_id{0}},
                                              {0x7f0000800000, std::nullopt},
                                              {0x7f0000c00000, node_id{3}}};
  EXPECT_EQ(parse_mapping_nodes(maps), expected);
  EXPECT_TRUE(parse_mapping_nodes("").empty());
}

TEST(procfs_text, sums_what_cpus_spent) {
  const std::optional<cpu_time> spent =
      parse_cpu_time("cpu  10 1 5 100 7 2 3 9 0 0\ncpu0 10 1 5 100 7 2 3 9 0 0\n");
  ASSERT_TRUE(spent);
  EXPECT_EQ(spent->busy, 21);
  EXPECT_EQ(spent->idle, 107);
  EXPECT_EQ(spent->stolen, 9);
  EXPECT_FALSE(parse_cpu_time(""));
  EXPECT_FALSE(parse_cpu_time("cpu  1 2 3"));
  EXPECT_FALSE(parse_cpu_time("cpu  1 2 3 4 5 6 7 x"));
  EXPECT_FALSE(parse_cpu_time("intr 1 2 3 4 5 6 7 8"));
}

TEST(procfs_text, finds_the_flag_of_a_hypervisor) {
  EXPECT_EQ(parse_hypervisor_flag("processor\t: 0\nflags\t\t: fpu hypervisor lahf_lm\n"), true);
  EXPECT_EQ(parse_hypervisor_flag("flags\t\t: fpu hypervisor\n"), true);
  EXPECT_EQ(parse_hypervisor_flag("flags\t\t: fpu vme\nbugs\t: hypervisor\n"), false);
  EXPECT_EQ(parse_hypervisor_flag("Features\t: fp asimd\n"), std::nullopt);
}

}  // namespace
}  // namespace nearmem
