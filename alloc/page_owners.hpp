#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include <nearmem/alloc/kernel.hpp>

namespace nearmem {

// One word for every 4 KiB of a reservation: who owns the page that they are in.
//
//   chunk   0         1         2
//         ├─────────┼─────────┼─────────┼     with pages of 4 KiB, a chunk's words are one page,
//   words │ 512 × 8 │ in no   │ 512 × 8 │     in memory while the chunk is in use; where pages are
//         │ bytes   │ memory  │ bytes   │     larger, several chunks share one, which is counted
//
// Words of chunks that are not held read as nullptr.
// Thread rule: any; a chunk is held and dropped under its slot's mutex.
class page_owners {
 public:
  // `at` was reserved readable, bytes_for() long; both numbers are powers of two. May throw
  // std::bad_alloc.
  page_owners(kernel& calls, std::byte* at, std::size_t chunks, std::size_t pages_of_chunk,
              std::atomic<std::size_t>& committed);

  static std::size_t bytes_for(std::size_t chunks, std::size_t pages_of_chunk,
                               std::size_t page_bytes) noexcept;

  std::atomic<void*>* words() const noexcept { return reinterpret_cast<std::atomic<void*>*>(at_); }

  // Brings a chunk's words into memory, all nullptr. 0 or an errno, and then nothing has changed.
  int hold(std::size_t chunk) noexcept;
  // The words may go. Requires a hold, and that no page of the chunk has an owner.
  void drop(std::size_t chunk) noexcept;

  // For a process that forks: no other thread is within between the two.
  void lock() noexcept { shared_mutex_.lock(); }
  void unlock() noexcept { shared_mutex_.unlock(); }

 private:
  int commit(std::byte* data, std::size_t bytes) noexcept;

  kernel& calls_;
  std::byte* at_;
  std::size_t chunk_bytes_;  // of words
  std::size_t page_bytes_;
  std::atomic<std::size_t>& committed_;
  // Where chunks share a page of words: how many hold each, under the mutex; else empty.
  std::mutex shared_mutex_;
  std::unique_ptr<std::uint32_t[]> holders_;
};

}  // namespace nearmem
