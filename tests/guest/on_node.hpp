#pragma once

#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include <sched.h>

#include "kernel_view.hpp"

namespace nearmem {

// Binds the calling thread to a node's CPUs, without the library's help.
inline void run_only_on(node_id node) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  for (const unsigned cpu : allowed_cpus_of(node))
    CPU_SET(cpu, &cpus);
  if (::sched_setaffinity(0, sizeof cpus, &cpus) != 0) {
    throw std::system_error(errno, std::generic_category(), "sched_setaffinity");
  }
}

// Does something in a thread that runs on a node's CPUs, and waits for it.
template <class Work>
void on_node(node_id node, Work work) {
  std::thread([&] {
    run_only_on(node);
    work();
  }).join();
}

// Nodes whose CPUs this process may run on.
inline std::vector<node_id> nodes_to_run_on() {
  std::vector<node_id> nodes = kernel_nodes("has_cpu");
  std::erase_if(nodes, [](node_id node) { return allowed_cpus_of(node).empty(); });
  return nodes;
}

}  // namespace nearmem
