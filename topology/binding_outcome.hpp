#pragma once

#include <cstdint>
#include <string_view>

namespace nearmem {

// What became of a placement that was asked for, per region of memory. Kept and reported; never
// assumed.
enum class binding_outcome : std::uint8_t {
  bound,         // the kernel accepted a strict binding, and the pages were read back in place
  preferred,     // the kernel accepted a preference; strays are counted as spilled
  first_touch,   // no policy could or should be set: pages lie where they were first written
  simulated,     // not the machine that this process runs on: nothing was bound
  denied,        // the kernel or the container refused (EPERM, or a policy that was inherited)
  no_such_node,  // the node does not exist here or lies outside the cpuset
  unsupported,   // the kernel has no NUMA interface (ENOSYS), or no weights: turns are equal
};

// The word as printed and documented in docs/statistics.md.
constexpr std::string_view to_string(binding_outcome outcome) noexcept {
  switch (outcome) {
    case binding_outcome::bound:
      return "bound";
    case binding_outcome::preferred:
      return "preferred";
    case binding_outcome::first_touch:
      return "first_touch";
    case binding_outcome::simulated:
      return "simulated";
    case binding_outcome::denied:
      return "denied";
    case binding_outcome::no_such_node:
      return "no_such_node";
    case binding_outcome::unsupported:
      return "unsupported";
  }
  return "unsupported";
}

}  // namespace nearmem
