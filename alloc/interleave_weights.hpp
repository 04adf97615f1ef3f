#pragma once

#include <array>
#include <cstddef>
#include <mutex>

#include <nearmem/alloc/kernel.hpp>
#include <nearmem/alloc/node_weights.hpp>

namespace nearmem {

// The weights that the system's administrator gave the nodes, as the kernel had them when it was
// last asked. Pages that were spread by older ones are still found by these, so every table stays.
//
//   tables_ │ first read │ as changed │ ... │      the last of `count_` is in force
//
// A process follows most - 1 changes; after one more, nodes take equal turns.
//
// Thread rule: any; one mutex, held while the kernel is asked. What is pointed to never changes.
class interleave_weights {
 public:
  static constexpr std::size_t most = 4;

  interleave_weights() = default;
  interleave_weights(const interleave_weights&) = delete;
  interleave_weights& operator=(const interleave_weights&) = delete;

  // The table in force; nullptr where the kernel has none (Linux before 6.9), or too many came.
  // Asks the kernel at the first call. Valid for this object's life.
  const node_weights* in_force(const kernel& calls) noexcept;
  // Asks anew, and says whether `used` is in force no more. For when pages lie as it does not say.
  bool replaced(const kernel& calls, const node_weights* used) noexcept;

  // For a process that forks.
  void lock() noexcept { mutex_.lock(); }
  void unlock() noexcept { mutex_.unlock(); }

 private:
  enum class standing { unread, known, none };

  void read(const kernel& calls) noexcept;
  const node_weights* last() const noexcept {
    return standing_ == standing::known ? &tables_[count_ - 1] : nullptr;
  }

  std::mutex mutex_;
  standing standing_ = standing::unread;
  std::size_t count_ = 0;
  std::array<node_weights, most> tables_{};
};

}  // namespace nearmem
