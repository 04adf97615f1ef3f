#pragma once

#include <string>
#include <vector>

#include <nearmem/topology/cpu_set.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// One package (socket) of the machine.
struct package {
  unsigned id = 0;  // the operating system's number
  std::string model;
  cpu_set cpus;
  std::vector<node_id> nodes;  // memory nodes attached to it, ascending
};

}  // namespace nearmem
