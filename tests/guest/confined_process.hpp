#pragma once

#include <functional>

#include <nearmem/topology/node_set.hpp>

namespace nearmem {

// What a process is put under before it begins.
struct confinement {
  // As numactl leaves it to the program that it starts: a mode of set_mempolicy, and its nodes.
  int policy_mode = 0;
  node_set policy_nodes{};
  // As Docker's default profile for a process without CAP_SYS_NICE: every call about memory
  // policies answers EPERM, and so does move_pages.
  bool refuse_numa_calls = false;
  // As Podman's: move_pages alone.
  bool refuse_move_pages = false;
  // Without /proc, hence without numa_maps. Needs root.
  bool hide_proc = false;
};

// Runs `body` in a child that was put under it first, and says whether the child came to its end
// without a failed expectation of GoogleTest's, which the child prints. Requires that this process
// has one thread and did not use page_source::process() yet.
bool holds_under(const confinement& what, const std::function<void()>& body);

}  // namespace nearmem
