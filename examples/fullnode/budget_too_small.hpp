#pragma once

#include <stdexcept>
#include <string>

namespace nearmem::fullnode {

// A component's budget that cannot hold what it must hold at once. One line that names both.
class budget_too_small : public std::runtime_error {
 public:
  budget_too_small(const std::string& component, const std::string& what)
      : std::runtime_error("the budget of '" + component + "' is too small for " + what) {}
};

}  // namespace nearmem::fullnode
