#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <unordered_map>

namespace nearmem {

// The shared blocks that a walk has counted and the shared objects that it has gone into, so that
// the next owner of one does neither again. Hand one set to several walks to count what they share
// once.
//
//   control block ─► bytes counted            blocks_    owners of other types may tell more: then
//   [object, object + size) ─► bytes in it    objects_   the larger count stands, in any order
//
// A pointer to a base or to a member of a shared object sees less of it than the one it was made
// with. What the larger object holds replaces what was counted of its parts, and a part of an
// object that was gone into counts nothing: so the total is the same whoever comes first.
//
// Both are known by their address: a block that is freed and another allocated at its address
// between two walks need a clear() between them. Invariant: no object of objects_ lies within
// another. Thread rule: one thread.
class visited_blocks {
 public:
  // Notes that one owner's view of a block, or of several that come and go together, is `bytes`;
  // returns by how much that is more than what was counted. May throw std::bad_alloc. O(1) on
  // average.
  std::size_t count_block(const void* address, std::size_t bytes) {
    std::size_t& counted = blocks_[address];
    const std::size_t before = counted;
    counted = std::max(counted, bytes);
    return counted - before;
  }
  // True the first time an address is seen; for blocks that all owners see alike.
  bool enter_block(const void* address) { return blocks_.try_emplace(address).second; }

  // Whether to go into an object of `bytes` bytes: false if it lies within one that was, or is
  // being, gone into. May throw std::bad_alloc. O(log objects) but for parts that it takes in.
  bool enter_object(const void* address, std::size_t bytes) {
    const auto begin = reinterpret_cast<std::uintptr_t>(address);
    auto next = objects_.upper_bound(begin);
    if (next != objects_.begin()) {
      const auto& [at, before] = *std::prev(next);
      if (begin + bytes <= at + before.bytes) return false;
      if (at == begin) --next;
    }
    std::size_t counted = 0;
    while (next != objects_.end() && next->first + next->second.bytes <= begin + bytes) {
      counted += next->second.counted;
      next = objects_.erase(next);
    }
    objects_.insert_or_assign(begin, object{bytes, counted});
    return true;
  }
  // Notes what is `within` an object that was entered; returns by how much that is more than what
  // was counted of its parts, or 0 if meanwhile a larger object took it in.
  std::size_t leave_object(const void* address, std::size_t bytes, std::size_t within) noexcept {
    const auto found = objects_.find(reinterpret_cast<std::uintptr_t>(address));
    if (found == objects_.end() || found->second.bytes != bytes) return 0;
    const std::size_t before = found->second.counted;
    found->second.counted = std::max(before, within);
    return found->second.counted - before;
  }

  bool contains_block(const void* address) const { return blocks_.contains(address); }
  std::size_t size() const noexcept { return blocks_.size(); }
  void clear() noexcept {
    blocks_.clear();
    objects_.clear();
  }

 private:
  struct object {
    std::size_t bytes;
    std::size_t counted;
  };

  std::unordered_map<const void*, std::size_t> blocks_;
  std::map<std::uintptr_t, object> objects_;
};

}  // namespace nearmem
