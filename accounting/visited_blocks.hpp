#pragma once

#include <cstddef>
#include <unordered_set>

namespace nearmem {

// The shared blocks that a walk has counted and the shared objects that it has gone into, so that
// the next owner of one does neither again. Hand one set to several walks to count what they share
// once.
//
// Both are known by their address: a block that is freed and another allocated at its address
// between two walks need a clear() between them. Thread rule: one thread.
class visited_blocks {
 public:
  // True the first time an address is seen. May throw std::bad_alloc. O(1) on average.
  bool enter_block(const void* address) { return blocks_.insert(address).second; }
  bool enter_object(const void* address) { return objects_.insert(address).second; }

  bool contains_block(const void* address) const { return blocks_.contains(address); }
  std::size_t size() const noexcept { return blocks_.size(); }
  void clear() noexcept {
    blocks_.clear();
    objects_.clear();
  }

 private:
  std::unordered_set<const void*> blocks_;
  std::unordered_set<const void*> objects_;
};

}  // namespace nearmem
