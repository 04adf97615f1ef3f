#pragma once

#include <cstddef>
#include <string>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/alloc/simulated_kernel.hpp>
#include <nearmem/topology/machine.hpp>

namespace nearmem {

// A page source on a machine that is made up: eight nodes of 64 MiB, or as `synthetic` says.
struct simulated_pages {
  explicit simulated_pages(const std::string& synthetic = "numa:8(memory=64MB) core:2 pu:1")
      : hardware(machine::from_synthetic(synthetic)),
        kernel(hardware),
        source(hardware, kernel, std::size_t{128} << 20) {
    kernel.set_running_node(hardware.nodes().front().id);
  }

  machine hardware;
  simulated_kernel kernel;
  page_source source;
};

}  // namespace nearmem
