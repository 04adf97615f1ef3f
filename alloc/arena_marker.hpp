#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace nearmem {

struct arena_block;

// A place in an arena to which it can be rewound: what it held when the mark was made.
// Thread rule: a value; used by the arena's owner.
class arena_marker {
 public:
  // A mark of no arena; rewinding to it is a contract violation.
  arena_marker() noexcept = default;

 private:
  friend class arena;
  friend class arena_history;

  const void* of_ = nullptr;  // the arena
  arena_block* newest_ = nullptr;
  std::uintptr_t begin_ = 0;
  std::uintptr_t next_ = 0;
  std::uintptr_t end_ = 0;
  std::size_t held_bytes_ = 0;
  std::size_t held_blocks_ = 0;
  std::size_t charged_ = 0;
  std::size_t blocks_ = 0;
  std::size_t position_ = 0;  // memory_usage() when it was made
  std::uint64_t time_ = 0;    // rewinds that came before it
};

// Which marks a rewind has passed, so that rewinding to one of them is caught.
//
// A mark is stale if a rewind after it went below its position. Of all rewinds only those matter
// that no later one went below; they form a staircase (later, higher), of which the last eight
// steps are kept. Marks of deeper nesting than that are believed.
//
// Thread rule: one owner.
class arena_history {
 public:
  std::uint64_t time() const noexcept { return time_; }

  // The arena went back to `position`.
  void note_rewind(std::size_t position) noexcept {
    ++time_;
    while (steps_ > 0 && staircase_[steps_ - 1].position >= position)
      --steps_;
    if (steps_ == staircase_.size()) {
      for (std::size_t i = 1; i < steps_; ++i)
        staircase_[i - 1] = staircase_[i];
      --steps_;
    }
    staircase_[steps_++] = {time_, position};
  }

  bool is_stale(const arena_marker& mark) const noexcept {
    for (std::size_t i = 0; i < steps_; ++i) {
      if (mark.time_ < staircase_[i].time && mark.position_ > staircase_[i].position) return true;
    }
    return false;
  }

 private:
  struct step {
    std::uint64_t time = 0;
    std::size_t position = 0;
  };

  std::uint64_t time_ = 0;
  std::size_t steps_ = 0;
  std::array<step, 8> staircase_{};
};

}  // namespace nearmem
