#pragma once

#include <cstddef>
#include <mutex>

#include <nearmem/alloc/owner_counter.hpp>

namespace nearmem {

// A mutex that counts how often it was taken: "hardly ever" can be held to a number.
// Thread rule: any.
class counted_mutex {
 public:
  void lock() {
    mutex_.lock();
    taken_.add(1);
  }
  void unlock() { mutex_.unlock(); }

  std::size_t taken() const noexcept { return taken_.get(); }

 private:
  std::mutex mutex_;
  owner_counter taken_;
};

}  // namespace nearmem
