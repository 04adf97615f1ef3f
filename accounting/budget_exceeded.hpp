#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <optional>

#include <nearmem/accounting/budget.hpp>

namespace nearmem {

// A charge that a budget refused. what() is one line: who asked for what, which level refuses, and
// all budgets of the tree by what they use, the largest first, so that the eater leads:
//
//   budget 'node/mempool' is refused 65536 bytes by 'node': 5000000 of 5000000 used (0 held); by
//   size: 'node/coins' 3100000 of 4000000, 'node/mempool' 1900000 of unlimited, ...
//
// Control characters in names are shown as '?'. Made without allocating: the line has a fixed room,
// and says how many budgets no longer fit it (at most 64 are looked at). Thread rule: a value.
class budget_exceeded : public std::bad_alloc {
 public:
  // What `asked` has just refused. If meanwhile it would not, the line says so, by naming `asked`.
  budget_exceeded(const budget& asked, std::size_t bytes,
                  std::optional<node_id> node = std::nullopt) noexcept;

  const char* what() const noexcept override { return line_.data(); }
  // The bytes that were asked for: what to admit() before trying again.
  std::size_t wanted() const noexcept { return wanted_; }

 private:
  std::size_t wanted_;
  std::array<char, 1536> line_{};
};

}  // namespace nearmem
