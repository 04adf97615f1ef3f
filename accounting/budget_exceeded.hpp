#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <optional>

#include <nearmem/accounting/budget.hpp>

namespace nearmem {

// A charge that a budget refused. what() is one line: who asked for what, which level refused, and
// all budgets of the tree by what they use, the largest first, so that the eater leads:
//
//   budget 'node/mempool' is refused 65536 bytes by 'node': 5000000 of 5000000 used (0 held); by
//   size: 'node/coins' 3100000 of 4000000, 'node/mempool' 1900000 of unlimited, ...
//
// Control characters in names are shown as '?'. Made without allocating: the line has a fixed room,
// and says how many budgets no longer fit it (at most 64 are looked at). Thread rule: a value.
class budget_exceeded : public std::bad_alloc {
 public:
  // What `asked` or a level above it has just refused, for `node` if its limit was what refused.
  budget_exceeded(const budget& asked, std::size_t bytes, const budget::refusal& refused,
                  std::optional<node_id> node = std::nullopt) noexcept;
  // The same where the caller does not know who refused: the lowest level that has no room now, or
  // `asked` if by now all have.
  budget_exceeded(const budget& asked, std::size_t bytes,
                  std::optional<node_id> node = std::nullopt) noexcept;

  const char* what() const noexcept override { return line_.data(); }
  // What to admit() before trying again, as in asked.admit(wanted(), node()). From a resource that
  // is not the bytes of the block, but what it wanted to take from the pages below: with so much
  // room, and nobody else who takes it, the same request is served.
  std::size_t wanted() const noexcept { return wanted_; }
  // Set where a node's limit refused.
  std::optional<node_id> node() const noexcept { return node_; }

 private:
  std::size_t wanted_;
  std::optional<node_id> node_;
  std::array<char, 1536> line_{};
};

}  // namespace nearmem
