#pragma once

#include <optional>
#include <vector>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/machine.hpp>

namespace nearmem::measure {

// The machine that the tests run on, and what of it can be measured.
struct pages_here {
  page_source& pages = page_source::process();
  const machine& hardware = pages.hardware();

  node_id first_node() const { return hardware.nodes().front().id; }
  std::vector<unsigned> cpus() const {
    const cpu_set& all = hardware.nodes().front().cpus;
    return {all.begin(), all.end()};
  }
};

}  // namespace nearmem::measure
