#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/alloc/simulated_kernel.hpp>
#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/node_id.hpp>
#include <nearmem/topology/this_thread.hpp>

namespace nearmem {

inline constexpr std::size_t mebibyte = std::size_t{1} << 20;

// A machine of eight nodes with 64 MiB each, and a kernel that has them; a small source on it.
struct simulated_machine {
  explicit simulated_machine(const std::string& synthetic = "numa:8(memory=64MB) core:2 pu:1",
                             std::size_t slot_bytes = 128 * mebibyte, std::size_t page_bytes = 0)
      : simulated_machine(machine::from_synthetic(synthetic), slot_bytes, page_bytes) {}
  explicit simulated_machine(machine described, std::size_t slot_bytes = 128 * mebibyte,
                             std::size_t page_bytes = 0)
      : hardware(std::move(described)), kernel(hardware, page_bytes), slot(slot_bytes) {
    for (const numa_node& node : hardware.nodes())
      kernel.set_node_bytes(node.id, 64 * mebibyte);
    kernel.set_running_node(hardware.nodes().front().id);
  }

  // The source is made late, so that a test can change the kernel first.
  page_source make() { return page_source(hardware, kernel, slot); }

  machine hardware;
  simulated_kernel kernel;
  std::size_t slot;
};

}  // namespace nearmem
