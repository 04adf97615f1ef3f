#include <cstdio>

#include <nearmem/alloc/binding_error.hpp>

namespace nearmem {
namespace {

const char* reason(binding_outcome outcome) noexcept {
  switch (outcome) {
    case binding_outcome::denied:
      return "denied by the kernel, the container or an inherited policy";
    case binding_outcome::no_such_node:
      return "no such node with memory";
    case binding_outcome::preferred:
      return "the node is full";
    case binding_outcome::unsupported:
    case binding_outcome::bound:
    case binding_outcome::first_touch:
    case binding_outcome::simulated:
      break;
  }
  return "the kernel cannot bind, or cannot say where pages lie";
}

}  // namespace

binding_error::binding_error(node_id node, binding_outcome outcome) noexcept
    : node_(node), outcome_(outcome) {
  std::snprintf(line_.data(), line_.size(), "cannot bind to node %u: %s", to_number(node),
                reason(outcome));
}

}  // namespace nearmem
