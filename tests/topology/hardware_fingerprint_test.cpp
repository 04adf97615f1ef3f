#include <string>

#include <gtest/gtest.h>

#include <nearmem/topology/hardware_fingerprint.hpp>
#include <nearmem/topology/machine.hpp>

namespace nearmem {
namespace {

const std::string machine_text =
    "<topology version=\"2.0\">\n"
    "<object type=\"Machine\" os_index=\"0\" cpuset=\"0x3\">\n"
    "<info name=\"HostName\" value=\"one\"/><info name=\"Architecture\" value=\"x86_64\"/>\n"
    "<object type=\"Package\" os_index=\"0\" complete_cpuset=\"0x3\">\n"
    "<info name=\"CPUModel\" value=\"Fast\"/>\n"
    "<object type=\"NUMANode\" os_index=\"0\" complete_cpuset=\"0x3\" "
    "local_memory=\"1073741825\"/>\n"
    "<object type=\"L2Cache\" complete_cpuset=\"0x1\" cache_size=\"1048576\" "
    "cache_linesize=\"64\"/>\n"
    "<object type=\"L1iCache\" complete_cpuset=\"0x1\" cache_size=\"32768\"/>\n"
    "<object type=\"PU\" os_index=\"0\"/></object></object></topology>\n";

std::string with(std::string what, const std::string& instead) {
  std::string text = machine_text;
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), instead);
}

TEST(hardware_fingerprint, names_what_the_hardware_is_made_of) {
  EXPECT_EQ(hardware_identity(machine_text),
            "Architecture value=x86_64\n"
            "Package os_index=0 complete_cpuset=0x3\n"
            "CPUModel value=Fast\n"
            "NUMANode os_index=0 gib=2 complete_cpuset=0x3\n"
            "L2Cache cache_size=1048576 cache_linesize=64 complete_cpuset=0x1\n");
}

TEST(hardware_fingerprint, differs_with_the_hardware) {
  const std::string own = hardware_fingerprint(machine_text);
  EXPECT_EQ(own.size(), 16);
  EXPECT_NE(hardware_fingerprint(with("Fast", "Slow")), own);
  EXPECT_NE(hardware_fingerprint(with("1073741825", "2147483649")), own);
  EXPECT_NE(hardware_fingerprint(with("cache_size=\"1048576\"", "cache_size=\"2097152\"")), own);
  EXPECT_NE(hardware_fingerprint(with("complete_cpuset=\"0x1\"", "complete_cpuset=\"0x2\"")), own);
  EXPECT_NE(hardware_fingerprint(with("x86_64", "aarch64")), own);
}

TEST(hardware_fingerprint, does_not_mind_names_or_what_a_kernel_keeps) {
  const std::string own = hardware_fingerprint(machine_text);
  EXPECT_EQ(hardware_fingerprint(with("\"one\"", "\"two\"")), own);
  EXPECT_EQ(hardware_fingerprint(with("1073741825", "2147483648")), own);
  EXPECT_EQ(hardware_fingerprint(with(" cpuset=\"0x3\"", " cpuset=\"0x1\"")), own);
}

TEST(hardware_fingerprint, is_the_same_each_time_a_machine_is_discovered) {
  const machine here = machine::discover();
  EXPECT_EQ(here.fingerprint(), machine::discover().fingerprint());
  EXPECT_NE(here.fingerprint(), machine::from_synthetic("pack:3 numa:1 pu:3").fingerprint());
}

}  // namespace
}  // namespace nearmem
