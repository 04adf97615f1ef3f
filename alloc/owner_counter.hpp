#pragma once

#include <atomic>
#include <cstddef>

namespace nearmem {

// A counter that one thread writes and any thread reads.
//
// A load and a store instead of an atomic read-modify-write: it costs what a plain integer costs,
// and a reader gets a value that was true at some instant. Stores release and loads acquire, so a
// counter may be one of the words under an owner_version.
//
// Thread rule: add, subtract and set by the owner; get by any thread.
class owner_counter {
 public:
  constexpr owner_counter() noexcept = default;
  constexpr explicit owner_counter(std::size_t value) noexcept : value_(value) {}
  owner_counter(const owner_counter&) = delete;
  owner_counter& operator=(const owner_counter&) = delete;

  std::size_t get() const noexcept { return value_.load(std::memory_order_acquire); }
  void set(std::size_t value) noexcept { value_.store(value, std::memory_order_release); }

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
  // g++ does not join a load and a store of one atomic into one instruction, as clang does; on the
  // paths that count every object that is two instructions of ten.
  void add(std::size_t amount) noexcept { asm("addq %1, %0" : "+m"(value_) : "er"(amount) : "cc"); }
  void subtract(std::size_t amount) noexcept {
    asm("subq %1, %0" : "+m"(value_) : "er"(amount) : "cc");
  }
#else
  void add(std::size_t amount) noexcept { set(value_.load(std::memory_order_relaxed) + amount); }
  void subtract(std::size_t amount) noexcept {
    set(value_.load(std::memory_order_relaxed) - amount);
  }
#endif

 private:
  std::atomic<std::size_t> value_{0};
};

}  // namespace nearmem
