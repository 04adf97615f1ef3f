#pragma once

#include <cstddef>

// mmap, mprotect and madvise: called in mapping_calls.cpp and nowhere else. Each returns 0 or an
// errno. Thread rule: any, on ranges that no other thread is changing.
namespace nearmem {

// Private anonymous memory without access, or readable as zeros, that is not counted against
// overcommit. `alignment` is a power of two, `bytes` whole pages. nullptr with errno in `error`.
std::byte* map_pages(std::size_t bytes, std::size_t alignment, bool readable, int& error) noexcept;
void unmap_pages(std::byte* data, std::size_t bytes) noexcept;
int make_writable(std::byte* data, std::size_t bytes) noexcept;
// Brings pages into memory, by the kernel's own call or, where it has none, by writing to each.
int populate_pages(std::byte* data, std::size_t bytes, std::size_t page_bytes) noexcept;
// The same, always by writing; contents never change.
void touch_pages(std::byte* data, std::size_t bytes, std::size_t page_bytes) noexcept;
int purge_pages(std::byte* data, std::size_t bytes) noexcept;
int allow_huge_pages(std::byte* data, std::size_t bytes, bool allowed) noexcept;

}  // namespace nearmem
