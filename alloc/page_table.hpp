#pragma once

#include <atomic>
#include <cstddef>

#include <nearmem/alloc/kernel.hpp>

namespace nearmem {

// An array in reserved address space whose front is in memory: entries [0, size()) may be written,
// all others read as zeros. Never shrinks, as its records cost thousandths of what they record.
//
// Thread rule: its owner's mutex.
template <class Entry>
class page_table {
 public:
  page_table() noexcept = default;

  // `at` begins a page and was reserved readable, bytes_for(capacity) long. `committed` counts the
  // bytes in memory.
  page_table(kernel& calls, std::byte* at, std::size_t capacity,
             std::atomic<std::size_t>& committed) noexcept
      : calls_(&calls), at_(at), capacity_(capacity), committed_(&committed) {}

  static std::size_t bytes_for(std::size_t capacity, std::size_t page_bytes) noexcept {
    return (capacity * sizeof(Entry) + page_bytes - 1) & ~(page_bytes - 1);
  }

  // Makes entries [0, count) writable, and as many more as lie in the same page. 0 or an errno, and
  // then nothing has changed. Requires count <= capacity.
  int grow(std::size_t count) noexcept {
    if (count <= size_) return 0;
    const std::size_t page = calls_->page_bytes();
    const std::size_t bytes = bytes_for(count, page) - in_memory_;
    if (int error = calls_->open(at_ + in_memory_, bytes); error != 0) return error;
    if (int error = calls_->populate(at_ + in_memory_, bytes); error != 0) {
      calls_->purge(at_ + in_memory_, bytes);
      return error;
    }
    in_memory_ += bytes;
    committed_->fetch_add(bytes, std::memory_order_relaxed);
    const std::size_t whole = in_memory_ / sizeof(Entry);
    size_ = whole < capacity_ ? whole : capacity_;
    return 0;
  }

  std::size_t size() const noexcept { return size_; }
  std::size_t capacity() const noexcept { return capacity_; }
  std::byte* data() const noexcept { return at_; }

  // Requires i < size().
  Entry& operator[](std::size_t i) noexcept { return reinterpret_cast<Entry*>(at_)[i]; }
  const Entry& operator[](std::size_t i) const noexcept {
    return reinterpret_cast<const Entry*>(at_)[i];
  }

 private:
  kernel* calls_ = nullptr;
  std::byte* at_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::size_t in_memory_ = 0;
  std::atomic<std::size_t>* committed_ = nullptr;
};

}  // namespace nearmem
