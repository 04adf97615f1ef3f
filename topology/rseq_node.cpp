#include <cstddef>

#include <sched.h>
#include <sys/auxv.h>

#include <nearmem/topology/rseq_node.hpp>

#if __has_include(<sys/rseq.h>) && defined(__has_builtin)
#if __has_builtin(__builtin_thread_pointer)
#include <sys/rseq.h>
#define NEARMEM_HAS_RSEQ 1
#endif
#endif

namespace nearmem {

#ifdef NEARMEM_HAS_RSEQ

namespace {

// linux/rseq.h: cpu_id_start, cpu_id, rseq_cs (8 bytes), flags, node_id.
constexpr std::ptrdiff_t cpu_offset = 4;
constexpr std::ptrdiff_t node_offset = 20;
constexpr unsigned long feature_size_with_node = 24;

#ifndef AT_RSEQ_FEATURE_SIZE
constexpr unsigned long rseq_feature_size_key = 27;
#else
constexpr unsigned long rseq_feature_size_key = AT_RSEQ_FEATURE_SIZE;
#endif

// The kernel writes the field behind the compiler's back, hence the atomic load.
std::uint32_t load_field(std::ptrdiff_t offset) noexcept {
  const auto* area = static_cast<const std::byte*>(__builtin_thread_pointer()) + __rseq_offset;
  return __atomic_load_n(reinterpret_cast<const std::uint32_t*>(area + offset), __ATOMIC_RELAXED);
}

}  // namespace

bool has_rseq_node() noexcept {
  if (__rseq_size == 0 || ::getauxval(rseq_feature_size_key) < feature_size_with_node) return false;
  // A thread may be moved between the two readings, but not time and again.
  for (int attempt = 0; attempt < 8; ++attempt) {
    unsigned cpu = 0;
    unsigned node = 0;
    if (::getcpu(&cpu, &node) != 0) return false;
    if (load_field(cpu_offset) == cpu) return load_field(node_offset) == node;
  }
  return false;
}

std::uint32_t rseq_node() noexcept {
  return load_field(node_offset);
}

#else

bool has_rseq_node() noexcept {
  return false;
}
std::uint32_t rseq_node() noexcept {
  return 0;
}

#endif

}  // namespace nearmem
