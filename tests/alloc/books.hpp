#pragma once

#include <cstddef>

#include <gtest/gtest.h>

#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/topology/machine.hpp>

namespace nearmem {

// Holds anything with usage(), usage(node) and audit() to the identities.
template <class Thing>
void expect_balanced(Thing& thing, const machine& hardware) {
  const resource_usage usage = thing.usage();
  EXPECT_EQ(usage.footprint, usage.charged + usage.unused + usage.metadata);
  EXPECT_LE(usage.footprint, usage.peak_footprint);
  EXPECT_LE(usage.charged + usage.metadata, usage.footprint);
  std::size_t by_node = 0;
  for (const numa_node& node : hardware.nodes())
    by_node += thing.usage(node.id).footprint;
  EXPECT_EQ(by_node, usage.footprint);
  EXPECT_TRUE(thing.audit());
}

}  // namespace nearmem
