#include "tools/measure/measured_values.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/alloc/slab_cutter.hpp>

#include "tests/alloc/simulated_machine.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/tools/measure/whole_report.hpp"

namespace nearmem::measure {
namespace {

using testing::ElementsAre;

TEST(measured_values, are_what_a_machine_can_use) {
  const report made = whole_report();
  const measurements values = measured_values(made);
  EXPECT_EQ(values.latencies.size(), 4);
  EXPECT_EQ(values.bandwidths.size(), 4);
  EXPECT_EQ(values.line_bytes, 64);
  EXPECT_EQ(values.interference_bytes, 64);
  EXPECT_GE(values.latency_noise_percent, 1);
  const machine known = made.hardware.with_measurements(values);
  EXPECT_NEAR(static_cast<double>(*known.latency_nanoseconds(node_id{0}, node_id{1})), 150, 3);
  EXPECT_NEAR(static_cast<double>(*known.bandwidth_mib_per_second(node_id{1}, node_id{1})), 9000,
              100);
  EXPECT_EQ(known.interference_bytes(), 64);
}

// Where a slab's cells begin, in its page, for many slabs of a machine.
std::set<std::uintptr_t> colours(const machine& hardware) {
  simulated_machine simulated(hardware);
  page_source source = simulated.make();
  resource_options options;
  options.pages = &source;
  page_account pages(options);
  page_grant why;
  std::uint32_t cut = 0;
  std::set<std::uintptr_t> begins;
  std::vector<slab*> slabs;
  for (int i = 0; i < 32; ++i) {
    slabs.push_back(cut_slab(pages, {}, {512, 64}, 65'536, cut, why));
    begins.insert(reinterpret_cast<std::uintptr_t>(slabs.back()->first_cell()) % 4096);
  }
  for (slab* const each : slabs)
    drop_slab(pages, *each);
  return begins;
}

// What a program gets that loads the file of a measurement, beside one that does not.
TEST(measured_values, drive_the_machine_that_loads_them) {
  report made = whole_report();
  made.hardware = machine::from_synthetic("pack:3 [numa(memory=64MB)] l2:1 core:2 pu:1");
  made.fingerprint = made.hardware.fingerprint();
  planted_noise noise(test_seed(), 0.01);
  // Node 2 is nearer to node 0 than node 1 is, and two lines of 128 bytes disturb each other.
  made.parts = {
      planted_sharing(noise, 128),
      {part::nodes,
       {cell_of("latency", 0, 0, noise.around(80)), cell_of("latency", 0, 1, noise.around(300)),
        cell_of("latency", 0, 2, noise.around(120))}}};
  made.parts.front().rows[4].value = noise.around(7);
  made.verdicts = judge(made);
  const scratch_folder folder;
  const std::string file =
      folder.write("measured.xml", made.hardware.with_measurements(measured_values(made)).to_xml());
  const machine known = machine::from_xml(file);
  const machine& stated = made.hardware;

  EXPECT_EQ(stated.line_bytes(), 64);
  EXPECT_EQ(known.line_bytes(), 128);
  EXPECT_NE(stated.interference_bytes(), 256);
  EXPECT_EQ(known.interference_bytes(), 256);
  const auto order = [](const machine& hardware) {
    const auto nodes = hardware.fallback_order(node_id{0});
    return std::vector<node_id>(nodes.begin(), nodes.end());
  };
  EXPECT_THAT(order(stated), ElementsAre(node_id{0}, node_id{1}, node_id{2}));
  EXPECT_THAT(order(known), ElementsAre(node_id{0}, node_id{2}, node_id{1}));
  const auto in_lines = [](std::uintptr_t begin) { return begin % 128 == 0; };
  const auto with = colours(known);
  const auto without = colours(stated);
  EXPECT_GE(with.size(), 4);
  EXPECT_TRUE(std::all_of(with.begin(), with.end(), in_lines));
  EXPECT_FALSE(std::all_of(without.begin(), without.end(), in_lines));
}

TEST(measured_values, leave_out_what_was_refused_or_not_measured) {
  report made = whole_report();
  for (verdict& each : made.verdicts)
    each.bytes.reset();
  for (part_report& each : made.parts) {
    for (row& one : each.rows)
      one.value.reset();
  }
  const measurements values = measured_values(made);
  EXPECT_TRUE(values.latencies.empty());
  EXPECT_TRUE(values.bandwidths.empty());
  EXPECT_FALSE(values.line_bytes);
  EXPECT_FALSE(values.interference_bytes);
  EXPECT_EQ(values.fingerprint, made.fingerprint);
  EXPECT_TRUE(measured_values(empty_report()).latencies.empty());
}

}  // namespace
}  // namespace nearmem::measure
