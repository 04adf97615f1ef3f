#pragma once

#include <cstddef>
#include <unordered_set>

namespace nearmem {

// The shared blocks that a walk has counted, so that the next owner of one does not count it again.
// Hand one set to several walks to count what they share once.
//
// A block is known by its address: an object that is destroyed and another built at its address
// between two walks need a clear() between them. Thread rule: one thread.
class visited_blocks {
 public:
  // True the first time an address is seen. May throw std::bad_alloc. O(1) on average.
  bool enter(const void* address) { return addresses_.insert(address).second; }
  bool contains(const void* address) const noexcept { return addresses_.contains(address); }
  std::size_t size() const noexcept { return addresses_.size(); }
  void clear() noexcept { addresses_.clear(); }

 private:
  std::unordered_set<const void*> addresses_;
};

}  // namespace nearmem
