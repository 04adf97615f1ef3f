#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nearmem/topology/node_id.hpp>

namespace nearmem::fullnode {

// What made a component let go of objects, counted since the run began; no counter ever falls.
struct eviction_counts {
  std::uint64_t full = 0;     // to make room: lowest fee first, or the peer's own oldest
  std::uint64_t age = 0;      // waited too long
  std::uint64_t spent = 0;    // a block confirmed it, or spent what it spends
  std::uint64_t lru = 0;      // to make room: what was used least recently
  std::uint64_t flushed = 0;  // written to the database, and then let go

  std::uint64_t total() const noexcept { return full + age + spent + lru + flushed; }
};

// One component at one moment. Bytes, but for `objects`.
//
//   ├─────────── footprint ───────────┤      limit
//   ├─ charged ─┼─ unused ─┼─ metadata ┤ ...... │
struct component_sample {
  std::string name;
  std::size_t limit = 0;    // of its budget
  std::size_t charged = 0;  // what its containers are charged by their resource
  // What Bitcoin Core's model of malloc says to the same containers.
  std::size_t modelled = 0;
  std::size_t unused = 0;
  std::size_t metadata = 0;
  std::size_t footprint = 0;
  std::size_t peak_footprint = 0;
  // What its containers say of themselves. What is charged beyond it, nobody owns any more.
  std::size_t owned = 0;
  std::uint64_t objects = 0;
  eviction_counts evictions;
};

// What lies on one memory node, over all components.
struct node_sample {
  node_id node{};
  std::size_t footprint = 0;
};

// One moment of a run: what `nearmem fullnode --scenario` hands to whoever looks on.
//
// Invariants
//  1. The components are the same, in the same order, in all samples of a run.
//  2. footprint == charged + unused + metadata for each, where the resource is accounted.
//  3. accounted == sum of the components' footprints + page_layer.
struct run_sample {
  double seconds = 0;                  // since the run began
  std::uint64_t transactions = 0;      // that arrived since then, admitted or not
  double transactions_per_second = 0;  // since the sample before
  std::uint64_t blocks = 0;            // connected since the run began

  std::vector<component_sample> components;
  std::vector<node_sample> nodes;  // those where something lies, by number

  std::size_t limit = 0;       // of the budget above all components
  std::size_t page_layer = 0;  // the page source's own books
  std::size_t accounted = 0;
  std::optional<std::size_t> resident;         // of the whole process; empty where the kernel does
  std::optional<std::size_t> virtual_bytes;    // not say
  std::vector<std::string> suspected_leaks{};  // names of components that grow and let nothing go
};

// Who looks on. Called on the thread that runs the node, between two transactions, once before the
// first, then every sampling interval, and once after the last; the sample ends with the call.
using run_observer = std::function<void(const run_sample&)>;

}  // namespace nearmem::fullnode
