#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <nearmem/topology/cpu_set.hpp>
#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// What became of the wish to run on a node.
enum class pin_outcome : std::uint8_t {
  pinned,        // the thread runs on the node's CPUs and nowhere else
  simulated,     // not the machine that this process runs on
  no_such_node,  // the machine has no node of that number
  no_cpus,       // the node has memory only; the set is empty
  denied,        // the kernel refused, or none of the CPUs is left by the affinity this process
                 // inherited (taskset, numactl --cpunodebind)
};

// "pinned", "simulated", "no_such_node", "no_cpus", "denied".
std::string_view to_string(pin_outcome outcome) noexcept;

// Runs the thread that makes it on a node's CPUs, or on chosen ones, for as long as it lives.
//
//   inherited affinity ──∩── CPUs of the node ──▶ the thread's affinity, until ~pinned_thread()
//                                                 puts before_ back
//
// Invariant: where outcome() is not pinned, nothing was changed. Pins may be nested.
// Thread rule: destroyed by the thread that made it, in reverse order.
class pinned_thread {
 public:
  // Throws std::bad_alloc. On return the thread already runs on the node.
  pinned_thread(const machine& where, node_id node);
  // On these CPUs, as far as the process may use them: no_cpus where there are none.
  pinned_thread(const machine& where, const cpu_set& cpus);
  ~pinned_thread();
  pinned_thread(const pinned_thread&) = delete;
  pinned_thread& operator=(const pinned_thread&) = delete;

  pin_outcome outcome() const noexcept { return outcome_; }
  explicit operator bool() const noexcept { return outcome_ == pin_outcome::pinned; }

 private:
  void pin(const machine& where, const cpu_set& cpus);

  std::vector<unsigned long> before_;  // the affinity to put back, in the kernel's words
  pin_outcome outcome_ = pin_outcome::denied;
};

}  // namespace nearmem
