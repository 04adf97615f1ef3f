#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace nearmem {

// A square table of what lies between nodes, by position; an entry may be unknown.
//
// Private to topology/. Thread rule: a value.
class node_matrix {
 public:
  node_matrix() = default;
  explicit node_matrix(std::size_t nodes) : nodes_(nodes), cells_(nodes * nodes) {}

  // Requires positions below size().
  void set(std::size_t from, std::size_t to, std::optional<std::size_t> value) {
    cells_[from * nodes_ + to] = value;
  }
  // Empty where it is unknown or where the table has no such position. O(1).
  std::optional<std::size_t> get(std::size_t from, std::size_t to) const noexcept {
    if (from >= nodes_ || to >= nodes_) return std::nullopt;
    return cells_[from * nodes_ + to];
  }
  std::size_t size() const noexcept { return nodes_; }

 private:
  std::size_t nodes_ = 0;
  std::vector<std::optional<std::size_t>> cells_;
};

}  // namespace nearmem
