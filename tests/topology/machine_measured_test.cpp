#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/topology/machine.hpp>

#include "tests/support/scratch_folder.hpp"

namespace nearmem {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr node_id n0{0};
constexpr node_id n1{1};
constexpr node_id n2{2};
constexpr node_id n3{3};

const char* const four_nodes = "pack:4 [numa] l2:1 core:2 pu:2";

measurements of(const machine& hardware) {
  measurements measured;
  measured.fingerprint = hardware.fingerprint();
  return measured;
}

// 0's memory and that of the others, as seen from node 0.
measurements seen_from_0(const machine& hardware, std::vector<std::size_t> latencies) {
  measurements measured = of(hardware);
  for (std::size_t to = 0; to < latencies.size(); ++to)
    measured.latencies.push_back({n0, node_id{static_cast<std::uint32_t>(to)}, latencies[to]});
  return measured;
}

std::string refusal(const std::string& file) {
  try {
    machine::discover(std::filesystem::path(file));
  } catch (const machine_error& error) {
    return error.what();
  }
  return "none";
}

TEST(machine_measured, says_what_was_measured_in_the_firmwares_place) {
  const machine stated = machine::from_synthetic(four_nodes);
  EXPECT_EQ(stated.measured(), nullptr);
  measurements measured = seen_from_0(stated, {80, 300, 120, 200});
  measured.bandwidths = {{n1, n0, 5000}};
  measured.line_bytes = 128;
  measured.interference_bytes = 256;
  const machine known = stated.with_measurements(measured);
  ASSERT_NE(known.measured(), nullptr);
  EXPECT_EQ(*known.measured(), measured);
  EXPECT_EQ(known.latency_nanoseconds(n0, n1), 300);
  EXPECT_EQ(known.bandwidth_mib_per_second(n1, n0), 5000);
  EXPECT_EQ(known.line_bytes(), 128);
  EXPECT_EQ(known.interference_bytes(), 256);
  EXPECT_THAT(known.fallback_order(n0), ElementsAre(n0, n2, n3, n1));
  // Nothing was measured from there, and nothing else is stated.
  EXPECT_EQ(known.latency_nanoseconds(n1, n0), stated.latency_nanoseconds(n1, n0));
  EXPECT_THAT(known.fallback_order(n1), ElementsAre(n1, n0, n2, n3));

  const machine again = known.without_measurements();
  EXPECT_EQ(again.measured(), nullptr);
  EXPECT_EQ(again.latency_nanoseconds(n0, n1), stated.latency_nanoseconds(n0, n1));
  EXPECT_EQ(again.interference_bytes(), stated.interference_bytes());
  EXPECT_THAT(again.fallback_order(n0), ElementsAre(n0, n1, n2, n3));
}

TEST(machine_measured, takes_differences_below_the_noise_for_none) {
  const machine stated = machine::from_synthetic(four_nodes);
  measurements measured = seen_from_0(stated, {80, 149, 140, 145});
  measured.latency_noise_percent = 10;
  EXPECT_THAT(stated.with_measurements(measured).fallback_order(n0), ElementsAre(n0, n1, n2, n3));
  measured.latency_noise_percent = 1;
  EXPECT_THAT(stated.with_measurements(measured).fallback_order(n0), ElementsAre(n0, n2, n3, n1));
}

TEST(machine_measured, refuses_what_is_of_other_hardware) {
  const machine stated = machine::from_synthetic(four_nodes);
  const measurements foreign = of(machine::from_synthetic("pack:2 numa:1 pu:2"));
  EXPECT_THROW(static_cast<void>(stated.with_measurements(foreign)), machine_error);
}

TEST(machine_measured, leaves_out_nodes_that_it_has_not) {
  const machine stated = machine::from_synthetic(four_nodes);
  measurements measured = of(stated);
  measured.latencies = {{n0, node_id{9}, 70}, {node_id{1000}, n0, 70}};
  EXPECT_THAT(stated.with_measurements(measured).fallback_order(n0), ElementsAre(n0, n1, n2, n3));
}

TEST(machine_measured, is_written_to_xml_and_read_back) {
  const scratch_folder folder;
  const machine stated = machine::from_synthetic(four_nodes);
  measurements measured = seen_from_0(stated, {80, 300, 120, 200});
  measured.interference_bytes = 64;
  const std::string xml = stated.with_measurements(measured).to_xml();
  EXPECT_THAT(xml, HasSubstr("<memattr name=\"Latency\""));
  const std::string file = folder.write("measured.xml", xml);
  const machine read = machine::from_xml(file);
  ASSERT_NE(read.measured(), nullptr);
  EXPECT_EQ(*read.measured(), measured);
  EXPECT_EQ(read.fingerprint(), stated.fingerprint());
  EXPECT_THAT(read.fallback_order(n0), ElementsAre(n0, n2, n3, n1));
  // Written again, it holds them once.
  EXPECT_EQ(*machine::from_xml(folder.write("again.xml", read.to_xml())).measured(), measured);
}

TEST(machine_measured, is_discovered_with_a_file_of_this_hardware) {
  const scratch_folder folder;
  const machine here = machine::discover().without_measurements();
  measurements measured = of(here);
  const node_id first = here.nodes().front().id;
  measured.latencies = {{first, first, 77}};
  const std::string file = folder.write("measured.xml", here.with_measurements(measured).to_xml());
  const machine known = machine::discover(std::filesystem::path(file));
  EXPECT_EQ(known.latency_nanoseconds(first, first), 77);
  EXPECT_EQ(known.measured()->origin, file);
  EXPECT_EQ(known.is_live(), here.is_live());
}

TEST(machine_measured, names_a_file_that_is_damaged_or_foreign) {
  const scratch_folder folder;
  const machine other = machine::from_synthetic("pack:3 numa:1 pu:7");
  const std::string xml = other.with_measurements(of(other)).to_xml();
  const std::string foreign = folder.write("foreign.xml", xml);
  EXPECT_THAT(refusal(foreign), StartsWith(foreign + ": was measured on other hardware"));
  const std::string cut = folder.write("cut.xml", xml.substr(0, xml.size() / 2));
  EXPECT_THAT(refusal(cut), StartsWith(cut + ": byte "));
  const std::string bare = folder.write("bare.xml", other.to_xml());
  EXPECT_EQ(refusal(bare), bare + ": holds no measurements");
  EXPECT_THAT(refusal(folder.path("gone.xml")), HasSubstr("No such file"));
}

// A byte of the measurements changed or all behind it lost: one line, or what it was.
TEST(machine_measured, is_never_read_wrong_from_a_damaged_file) {
  const machine stated = machine::from_synthetic(four_nodes);
  measurements measured = seen_from_0(stated, {80, 300, 120, 200});
  measured.bandwidths = {{n1, n0, 5000}};
  measured.line_bytes = 128;
  measured.interference_bytes = 256;
  const std::string xml = stated.with_measurements(measured).to_xml();
  const std::size_t begin = xml.find("<info name=\"nearmem.");
  const std::size_t end = xml.find('>', xml.rfind("<info name=\"nearmem."));
  const scratch_folder folder;
  const auto read = [&](const std::string& text) {
    try {
      const machine found = machine::from_xml(folder.write("measured.xml", text));
      // Names that nothing knows are not measurements.
      EXPECT_TRUE(found.measured() == nullptr || *found.measured() == measured) << text;
      return found.measured() != nullptr;
    } catch (const machine_error& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
      return false;
    }
  };
  ASSERT_TRUE(read(xml));
  for (std::size_t at = begin; at < end; ++at) {
    EXPECT_FALSE(read(xml.substr(0, at))) << at;
    std::string changed = xml;
    for (const char wrong : {'9', '-', '"', '\0'}) {
      changed[at] = wrong;
      read(changed);
    }
  }
  for (const std::string wrong : {"0:1:99999999999999999999", "0:1:nan", "0:1:-5", "0:1:1e9"}) {
    std::string changed = xml;
    changed.replace(changed.find("0:1:300"), 7, wrong);
    EXPECT_FALSE(read(changed)) << wrong;
  }
}

TEST(machine_measured, uses_the_firmwares_values_where_the_environment_names_a_bad_file) {
  const scratch_folder folder;
  const std::string bad = folder.write("bad.xml", "nonsense");
  ASSERT_EQ(::setenv("NEARMEM_MEASURED", bad.c_str(), 1), 0);
  const machine here = machine::discover();
  EXPECT_EQ(here.measured(), nullptr);
  EXPECT_EQ(here.refused_measurements(), "NEARMEM_MEASURED: " + bad + ": byte 0: not XML");

  const machine stated = here.without_measurements();
  const std::string good = folder.write("good.xml", stated.with_measurements(of(stated)).to_xml());
  ASSERT_EQ(::setenv("NEARMEM_MEASURED", good.c_str(), 1), 0);
  const machine known = machine::discover();
  EXPECT_NE(known.measured(), nullptr);
  EXPECT_EQ(known.refused_measurements(), "");
  ASSERT_EQ(::unsetenv("NEARMEM_MEASURED"), 0);
  EXPECT_EQ(machine::discover().measured(), nullptr);
}

TEST(machine_measured, knows_its_cores) {
  const machine stated = machine::from_synthetic(four_nodes);
  ASSERT_EQ(stated.cores().size(), 8);
  EXPECT_EQ(stated.cores()[0].to_string(), "0-1");
  EXPECT_EQ(stated.cores()[7].to_string(), "14-15");
}

}  // namespace
}  // namespace nearmem
