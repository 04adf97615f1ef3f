#include "tools/measure/measured_values.hpp"

#include <gtest/gtest.h>

#include "tests/tools/measure/whole_report.hpp"

namespace nearmem::measure {
namespace {

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
