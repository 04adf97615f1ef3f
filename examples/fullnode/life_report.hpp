#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nearmem/accounting/statistics.hpp>
#include <nearmem/topology/binding_outcome.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem::fullnode {

// What a component holds on one node, and how it came to lie there.
struct node_share {
  node_id node{};
  std::size_t footprint = 0;
  binding_outcome outcome = binding_outcome::first_touch;
  // Of it, by a look at every page: in another node's memory; and where the kernel does not tell.
  std::size_t misplaced = 0;
  std::size_t unverified = 0;
};

// One component's books, in bytes but for `objects`; or the sum over all components.
struct component_report {
  std::string name;
  std::size_t objects = 0;  // transactions of the block, entries that wait, coins
  std::size_t charged = 0;
  std::size_t modelled = 0;  // what Bitcoin Core's model of malloc says to the same containers
  std::size_t unused = 0;
  std::size_t metadata = 0;
  std::size_t footprint = 0;
  std::size_t peak_footprint = 0;
  std::vector<node_share> nodes{};  // those where something lies, by number
};

// A sentence about the books that has to be true, and whether it was, each time it was looked at.
struct identity {
  std::string name;
  bool holds = true;
};

// What a node's memory life came to. Bytes throughout.
struct life_report {
  std::uint64_t blocks = 0;
  std::uint64_t transactions = 0;
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;

  std::uint64_t coins_spent = 0;        // inputs whose coin was there
  std::uint64_t coins_missing = 0;      // inputs whose coin is older than the first block
  std::uint64_t coins_added = 0;        // outputs that became coins
  std::uint64_t coins_unspendable = 0;  // outputs that never can
  std::uint64_t fees_unknown = 0;       // mempool entries that rank with a fee of 0

  std::vector<component_report> components;
  component_report totals;                // of the components
  std::size_t page_layer = 0;             // the page source's own books, which serve them all
  std::size_t committed = 0;              // what the page source took from the kernel for all this
  std::optional<std::size_t> rss_growth;  // of that, resident by the kernel's word; empty where the
                                          // kernel does not say
  std::size_t swapped = 0;                // of that, moved to swap since
  std::vector<identity> identities;
  statistics counted;  // all that the library counts, at the moment of the books

  // The first identity that does not hold, or nullptr.
  const identity* broken() const noexcept {
    for (const identity& each : identities) {
      if (!each.holds) return &each;
    }
    return nullptr;
  }
};

}  // namespace nearmem::fullnode
