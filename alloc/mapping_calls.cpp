#include <atomic>
#include <cerrno>
#include <cstdint>

#include <sys/mman.h>

#include <nearmem/alloc/mapping_calls.hpp>

namespace nearmem {
namespace {

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif

// The kernel's headers may know more than the running kernel: found out once, then remembered.
constinit std::atomic<bool> has_populate{true};

int advise(std::byte* data, std::size_t bytes, int advice) noexcept {
  int result = 0;
  do {
    result = ::madvise(data, bytes, advice) == 0 ? 0 : errno;
  } while (result == EINTR || result == EAGAIN);
  return result;
}

}  // namespace

std::byte* map_pages(std::size_t bytes, std::size_t alignment, bool readable, int& error) noexcept {
  // mmap aligns to pages only: map so much more that an aligned range lies within, cut the rest.
  const std::size_t asked = bytes + alignment;
  if (asked < bytes) {
    error = ENOMEM;
    return nullptr;
  }
  // Not writable: then neither RLIMIT_DATA nor a strict overcommit rule counts the reservation,
  // whether or not the kernel honours MAP_NORESERVE (it does not under vm.overcommit_memory=2),
  // and a stray write into memory that was never handed out faults. Opening a chunk later costs
  // one mprotect, a thousandth of what populating it costs.
  void* mapped = ::mmap(nullptr, asked, readable ? PROT_READ : PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) {
    error = errno;
    return nullptr;
  }
  error = 0;
  auto* const begin = static_cast<std::byte*>(mapped);
  const std::size_t misaligned = reinterpret_cast<std::uintptr_t>(begin) & (alignment - 1);
  const std::size_t front = misaligned == 0 ? 0 : alignment - misaligned;
  if (front != 0) ::munmap(begin, front);
  if (front != alignment) ::munmap(begin + front + bytes, alignment - front);
  return begin + front;
}

void unmap_pages(std::byte* data, std::size_t bytes) noexcept {
  ::munmap(data, bytes);
}

int make_writable(std::byte* data, std::size_t bytes) noexcept {
  return ::mprotect(data, bytes, PROT_READ | PROT_WRITE) == 0 ? 0 : errno;
}

int populate_pages(std::byte* data, std::size_t bytes, std::size_t page_bytes) noexcept {
  if (has_populate.load(std::memory_order_relaxed)) {
    const int result = advise(data, bytes, MADV_POPULATE_WRITE);
    // EINVAL: before Linux 5.14; ENOSYS: emulations of Linux.
    if (result != EINVAL && result != ENOSYS) return result;
    has_populate.store(false, std::memory_order_relaxed);
  }
  touch_pages(data, bytes, page_bytes);
  return 0;
}

void touch_pages(std::byte* data, std::size_t bytes, std::size_t page_bytes) noexcept {
  for (std::size_t at = 0; at < bytes; at += page_bytes) {
    // Writes what is there, so contents stay, whoever else writes. Not fetch_or(0): compilers may
    // turn that into a load, which leaves the shared zero page in place.
    std::atomic_ref<std::uint32_t> word(*reinterpret_cast<std::uint32_t*>(data + at));
    std::uint32_t zero = 0;
    word.compare_exchange_strong(zero, 0, std::memory_order_relaxed);
  }
}

int purge_pages(std::byte* data, std::size_t bytes) noexcept {
  const int result = advise(data, bytes, MADV_DONTNEED);
  // EINVAL: locked pages (mlockall), which Linux 5.18 drops when asked by the other name.
  return result == EINVAL ? advise(data, bytes, MADV_DONTNEED_LOCKED) : result;
}

int allow_huge_pages(std::byte* data, std::size_t bytes, bool allowed) noexcept {
  return advise(data, bytes, allowed ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
}

}  // namespace nearmem
