#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "examples/fullnode/life_report.hpp"

namespace nearmem::fullnode {

// Identities by name, in the order in which they were first looked at. One that was ever found
// broken stays broken. Thread rule: one thread at a time.
class identity_list {
 public:
  // Notes what a look at the identity found. O(identities).
  void check(std::string_view name, bool holds) {
    for (identity& each : seen_) {
      if (each.name != name) continue;
      each.holds = each.holds && holds;
      return;
    }
    seen_.push_back({std::string(name), holds});
  }

  const std::vector<identity>& all() const noexcept { return seen_; }

 private:
  std::vector<identity> seen_;
};

}  // namespace nearmem::fullnode
