#pragma once

#include <cstddef>

#include <gtest/gtest.h>

#include "kernel_view.hpp"

namespace nearmem {

// That every page of a run is in memory, and on this node, by the kernel's word.
inline ::testing::AssertionResult lies_on(page_run run, node_id node) {
  const std::vector<int> nodes = nodes_of_pages(run.data, run.bytes);
  for (std::size_t page = 0; page < nodes.size(); ++page) {
    if (nodes[page] == static_cast<int>(to_number(node))) continue;
    return ::testing::AssertionFailure() << "page " << page << " of " << nodes.size() << " at "
                                         << static_cast<const void*>(run.data) << " lies on node "
                                         << nodes[page] << ", not " << to_number(node);
  }
  return ::testing::AssertionSuccess() << "all lie on node " << to_number(node);
}

}  // namespace nearmem
