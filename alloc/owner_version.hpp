#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include <sched.h>

namespace nearmem {

// Lets any thread read several words that one owner changes together, without stopping the owner:
// a version that is odd while a change is under way (a sequence lock with one writer).
//
// The words themselves are atomics; the owner stores them with release order, also where it
// changes one of them alone, and readers load them with acquire order, so that who sees a word of
// a change sees the version odd or newer.
//
// Thread rule: change by the owner; read by any thread.
class owner_version {
 public:
  // One change, for the life of the object. May be nested.
  class change {
   public:
    explicit change(owner_version& version) noexcept
        : version_(version), outermost_((version.number() & 1) == 0) {
      if (outermost_) version_.number_.store(version_.number() + 1, std::memory_order_relaxed);
    }
    ~change() {
      if (outermost_) version_.number_.store(version_.number() + 1, std::memory_order_release);
    }
    change(const change&) = delete;
    change& operator=(const change&) = delete;

   private:
    owner_version& version_;
    bool outermost_;
  };

  // What `read_words()` returns if no change ran beside it, else nothing.
  template <class ReadWords>
  auto try_read(ReadWords read_words) const noexcept -> std::optional<decltype(read_words())> {
    const std::uint64_t before = number_.load(std::memory_order_acquire);
    auto words = read_words();
    if ((before & 1) != 0 || number_.load(std::memory_order_relaxed) != before) return {};
    return words;
  }

  // The same, in up to 1,000 attempts, most of which let other threads run first: the owner may be
  // asleep in the middle of a change. After that, words that may be of different instants, which
  // the reader settles; it never waits longer.
  template <class ReadWords>
  auto read(ReadWords read_words) const noexcept {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      if (auto words = try_read(read_words)) return *words;
      if (attempt >= 100) sched_yield();
    }
    return read_words();
  }

 private:
  std::uint64_t number() const noexcept { return number_.load(std::memory_order_relaxed); }

  std::atomic<std::uint64_t> number_{0};
};

}  // namespace nearmem
