#pragma once

#include <cstdint>
#include <string>

#include <nearmem/topology/node_id.hpp>
#include <nearmem/topology/node_set.hpp>

namespace nearmem {

// Where memory is asked to lie. A wish: what came of it is a binding_outcome.
//
//   local        near the thread that acquires the memory; other nodes in fallback order if full
//   preferred    near one node; other nodes in fallback order if it is full
//   bind         on one node or not at all: the acquisition fails with the reason
//   interleave   page by page over a set
//   weighted_interleave
//                the same, but each node gets as many pages in a row as the administrator gave it
//                weight, where the kernel can (Linux 6.9)
//   first_touch  where the thread that first writes a page runs
//
// Thread rule: a value.
class placement {
 public:
  enum class kind : std::uint8_t {
    local,
    preferred,
    bind,
    interleave,
    weighted_interleave,
    first_touch
  };

  constexpr placement() noexcept = default;  // local

  static constexpr placement local() noexcept { return {}; }
  static constexpr placement preferred(node_id node) noexcept { return {kind::preferred, {node}}; }
  static constexpr placement bind(node_id node) noexcept { return {kind::bind, {node}}; }
  static constexpr placement interleave(const node_set& nodes) noexcept {
    return {kind::interleave, nodes};
  }
  static constexpr placement weighted_interleave(const node_set& nodes) noexcept {
    return {kind::weighted_interleave, nodes};
  }
  static constexpr placement first_touch() noexcept { return {kind::first_touch, {}}; }

  constexpr kind what() const noexcept { return kind_; }
  // Whether pages take turns on nodes(), by weight or not.
  constexpr bool takes_turns() const noexcept {
    return kind_ == kind::interleave || kind_ == kind::weighted_interleave;
  }
  // The set to interleave over; one member for preferred and bind; empty for the others.
  constexpr const node_set& nodes() const noexcept { return nodes_; }
  // The one node of preferred and bind. Requires one of these two.
  constexpr node_id node() const noexcept { return *nodes_.begin(); }

  friend constexpr bool operator==(const placement&, const placement&) noexcept = default;

  // "local", "preferred(1)", "bind(1)", "interleave(0-3)", "weighted_interleave(0-3)",
  // "first_touch".
  std::string to_string() const;

 private:
  constexpr placement(kind what, const node_set& nodes) noexcept : kind_(what), nodes_(nodes) {}

  kind kind_ = kind::local;
  node_set nodes_{};
};

}  // namespace nearmem
