#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// A set of memory nodes: one bit per node number, 128 bytes, no allocation.
//
// Spelled as numactl spells it: "0", "0-3", "0,2-3"; the empty set is "".
// Invariant: no member is >= max_nodes. Thread rule: a value.
class node_set {
 public:
  class iterator;

  constexpr node_set() noexcept = default;
  constexpr node_set(std::initializer_list<node_id> nodes) noexcept {
    for (node_id node : nodes)
      insert(node);
  }

  // Reads numactl's spelling; empty result on anything else, a number >= max_nodes or a range that
  // runs backwards included. O(length).
  static std::optional<node_set> parse(std::string_view text);

  // Adds `node`; a number >= max_nodes is ignored, as no such node can exist.
  constexpr void insert(node_id node) noexcept {
    if (to_number(node) < max_nodes) words_[to_number(node) / 64] |= bit(node);
  }
  constexpr void erase(node_id node) noexcept {
    if (to_number(node) < max_nodes) words_[to_number(node) / 64] &= ~bit(node);
  }
  constexpr bool contains(node_id node) const noexcept {
    return to_number(node) < max_nodes && (words_[to_number(node) / 64] & bit(node)) != 0;
  }
  constexpr bool empty() const noexcept {
    std::uint64_t members = 0;
    for (std::uint64_t word : words_)
      members |= word;
    return members == 0;
  }
  constexpr std::size_t size() const noexcept {
    std::size_t members = 0;
    for (std::uint64_t word : words_)
      members += static_cast<std::size_t>(std::popcount(word));
    return members;
  }

  constexpr node_set& operator|=(const node_set& other) noexcept {
    for (std::size_t i = 0; i < words_.size(); ++i)
      words_[i] |= other.words_[i];
    return *this;
  }
  constexpr node_set& operator&=(const node_set& other) noexcept {
    for (std::size_t i = 0; i < words_.size(); ++i)
      words_[i] &= other.words_[i];
    return *this;
  }
  friend constexpr bool operator==(const node_set&, const node_set&) noexcept = default;

  // Members in ascending order.
  constexpr iterator begin() const noexcept;
  constexpr iterator end() const noexcept;

  // The words as the kernel's node masks lay them out: node n is bit n % 64 of word n / 64.
  constexpr const std::array<std::uint64_t, max_nodes / 64>& words() const noexcept {
    return words_;
  }

  std::string to_string() const;

 private:
  static constexpr std::uint64_t bit(node_id node) noexcept {
    return std::uint64_t{1} << (to_number(node) % 64);
  }

  std::array<std::uint64_t, max_nodes / 64> words_{};
};

// Walks the members of a node_set in ascending order.
class node_set::iterator {
 public:
  using value_type = node_id;
  using difference_type = std::ptrdiff_t;
  using iterator_category = std::forward_iterator_tag;
  using pointer = const node_id*;
  using reference = node_id;

  constexpr iterator() noexcept = default;
  constexpr node_id operator*() const noexcept { return node_id{at_}; }
  constexpr iterator& operator++() noexcept {
    ++at_;
    skip();
    return *this;
  }
  constexpr iterator operator++(int) noexcept {
    iterator before = *this;
    ++*this;
    return before;
  }
  friend constexpr bool operator==(const iterator& a, const iterator& b) noexcept {
    return a.at_ == b.at_;
  }

 private:
  friend class node_set;
  constexpr iterator(const node_set* set, std::uint32_t at) noexcept : set_(set), at_(at) {
    skip();
  }
  constexpr void skip() noexcept {
    while (at_ < max_nodes && !set_->contains(node_id{at_}))
      ++at_;
  }

  const node_set* set_ = nullptr;
  std::uint32_t at_ = max_nodes;
};

constexpr node_set::iterator node_set::begin() const noexcept {
  return {this, 0};
}
constexpr node_set::iterator node_set::end() const noexcept {
  return {this, max_nodes};
}

}  // namespace nearmem
