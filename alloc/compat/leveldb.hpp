#pragma once

#include <algorithm>
#include <cstddef>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/arena.hpp>

// LevelDB's name and spelling, so that its code compiles against it unchanged, also with
// -fno-exceptions and -fno-rtti.
namespace leveldb {

// LevelDB's arena on nearmem's: memory near the thread that fills it, taken back all at once by the
// destructor. Where memory runs out it throws, which ends a program without exceptions.
//
// MemoryUsage() is bytes used, not bytes reserved: a fresh memtable whose first block is large is
// not full. What is reserved is footprint().
//
// Thread rule: one owner; MemoryUsage() and footprint() may be called by any thread.
class Arena {
 public:
  Arena() = default;
  explicit Arena(const nearmem::arena_options& options) : arena_(options) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Requires bytes > 0. Aligned to nothing.
  char* Allocate(std::size_t bytes) {
    nearmem::expects(bytes != 0, "Arena: an allocation of no bytes");
    return static_cast<char*>(arena_.allocate(bytes));
  }
  // The same, aligned to a pointer, at least to 8.
  char* AllocateAligned(std::size_t bytes) {
    nearmem::expects(bytes != 0, "Arena: an allocation of no bytes");
    return static_cast<char*>(
        arena_.allocate_aligned(bytes, std::max<std::size_t>(8, alignof(void*))));
  }

  // Bytes used, gaps and block overhead included; 0 when nothing was asked for.
  std::size_t MemoryUsage() const noexcept { return arena_.memory_usage(); }
  // Bytes reserved.
  std::size_t footprint() const noexcept { return arena_.footprint(); }

 private:
  nearmem::arena arena_;
};

}  // namespace leveldb
