#pragma once

#include <array>
#include <new>

#include <nearmem/topology/binding_outcome.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// Memory was to be bound to a node, and could not be. what() is one line that says why:
//   denied        the kernel, the container or the policy that the process was started under
//   no_such_node  the machine has no such node, or none with memory
//   unsupported   the kernel has no NUMA interface, or cannot say where pages lie
//   preferred     the node is full
// Copies do not throw. Thread rule: a value.
class binding_error : public std::bad_alloc {
 public:
  binding_error(node_id node, binding_outcome outcome) noexcept;

  const char* what() const noexcept override { return line_.data(); }
  node_id node() const noexcept { return node_; }
  binding_outcome outcome() const noexcept { return outcome_; }

 private:
  node_id node_;
  binding_outcome outcome_;
  std::array<char, 96> line_{};
};

}  // namespace nearmem
