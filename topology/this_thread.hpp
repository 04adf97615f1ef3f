#pragma once

#include <cstdint>

#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem::this_thread {

// The memory node nearest to the CPU that the calling thread runs on, by machine::process(); it may
// run elsewhere a moment later. An assumed_node goes first, if the machine has that node.
//
// On a machine of one node a load; where the kernel keeps the node in the thread's rseq area (Linux
// 6.3 and glibc 2.35) two; else sched_getcpu and a table. The first call in a process discovers the
// machine: milliseconds. A machine that cannot be discovered has its threads on node 0.
// Thread rule: any.
node_id node() noexcept;

// The same by `where`. On a machine that is not live every thread runs on its first node, unless
// assumed otherwise.
node_id node(const machine& where) noexcept;

// A number that stays the same as long as node() does: where to look up again is dear, it tells
// that there is no need to. nowhere, where that cannot be told. Two loads, or a call.
inline constexpr std::uint32_t nowhere = ~std::uint32_t{0};
std::uint32_t whereabouts() noexcept;

// While it lives, the thread that made it runs on `node` as far as node() is concerned: for
// simulated machines and tests. Nothing is bound or moved. The innermost holds.
//
// Thread rule: destroyed by the thread that made it, in reverse order.
class assumed_node {
 public:
  explicit assumed_node(node_id node) noexcept;
  ~assumed_node();
  assumed_node(const assumed_node&) = delete;
  assumed_node& operator=(const assumed_node&) = delete;

 private:
  node_id before_;
};

}  // namespace nearmem::this_thread
