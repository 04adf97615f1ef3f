#pragma once

#include <string_view>
#include <vector>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/alloc/residency.hpp>
#include <nearmem/topology/binding_outcome.hpp>
#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/node_set.hpp>
#include <nearmem/topology/placement.hpp>

namespace nearmem::tools {

// A placement that was asked for, and what a probe got.
struct probed_placement {
  placement where;
  binding_outcome outcome = binding_outcome::simulated;
  // It came to the best it can: bound for bind, preferred for local, preferred and
  // both interleaves.
  bool works = false;
};

// Something that a user should know, why it is so, and what to do.
struct finding {
  std::string_view name;  // for scripts
  std::string_view why;
  std::string_view remedy;
  node_set nodes;  // those it concerns; empty where it concerns no node in particular
};

// Every finding that there may be on any machine, without nodes.
std::vector<finding> possible_findings();

// What the doctor found. A value.
struct doctor_report {
  machine hardware;
  std::vector<probed_placement> placements;
  std::vector<finding> findings;
  std::vector<node_residency> audits{};  // see audit_nodes(); empty if nobody asked
};

// Looks at a machine: each placement is probed on every node by `pages`, or is simulated where
// there is none. Milliseconds.
doctor_report examine(const machine& hardware, const page_source* pages);

}  // namespace nearmem::tools
