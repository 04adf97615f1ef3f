#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>

#include <nearmem/accounting/budget.hpp>

namespace nearmem {

// One budget of the tree, at the instant of a refusal.
struct budget_level {
  std::string path;
  std::size_t used = 0;
  std::size_t limit = 0;  // budget::unlimited if it has none of its own
};

// A charge that a budget refused. what() is one line: who asked for what, which level refused, and
// all budgets of the tree by what they use, the largest first. The root, which holds all others,
// leads; the eater follows:
//
//   budget 'node/mempool' is refused 65536 bytes by 'node': 5000000 of 5000000 used (0 held); by
//   size: 'node' 5000000 of 5000000, 'node/coins' 3100000 of 4000000, 'node/mempool' 1900000 of
//   unlimited, ...
//
// Control characters in names are shown as '?'.
//
//   report_  the line and levels(), on the heap
//   line_    where there is no memory for that: as much of the line as fits a fixed room; of the
//            64 largest budgets as many as fit, the others counted
//
// Thread rule: a value; copies share the report.
class budget_exceeded : public std::bad_alloc {
 public:
  // What `asked` or a level above it has just refused, for `node` if its limit was what refused.
  budget_exceeded(const budget& asked, std::size_t bytes, const budget::refusal& refused,
                  std::optional<node_id> node = std::nullopt) noexcept;
  // The same where the caller does not know who refused: the lowest level that has no room now, or
  // `asked` if by now all have.
  budget_exceeded(const budget& asked, std::size_t bytes,
                  std::optional<node_id> node = std::nullopt) noexcept;

  const char* what() const noexcept override;
  // What to admit() before trying again, as in asked.admit(wanted(), node()). From a resource that
  // is not the bytes of the block, but what it wanted to take from the pages below: with so much
  // room, and nobody else who takes it, the same request is served.
  std::size_t wanted() const noexcept { return wanted_; }
  // Set where a node's limit refused.
  std::optional<node_id> node() const noexcept { return node_; }
  // All budgets of the tree, the largest user first, parents before children that use as much.
  // Empty where there was no memory for it.
  std::span<const budget_level> levels() const noexcept;

 private:
  struct report;

  static std::shared_ptr<const report> make_report(const budget& asked, std::size_t bytes,
                                                   const budget& by, std::optional<node_id> node);

  std::size_t wanted_;
  std::optional<node_id> node_;
  std::array<char, 1536> line_{};
  std::shared_ptr<const report> report_;
};

}  // namespace nearmem
