#include <cstdlib>
#include <cstring>
#include <limits>

#include <sys/resource.h>
#include <unistd.h>

#include <nearmem/alloc/linux_kernel.hpp>
#include <nearmem/alloc/mapping_calls.hpp>
#include <nearmem/alloc/numa_calls.hpp>
#include <nearmem/topology/procfs.hpp>

namespace nearmem {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

constexpr std::size_t gibibyte = std::size_t{1} << 30;

// Valgrind puts its own libraries first, and no other program does.
bool runs_under_valgrind() noexcept {
  const char* preload = std::getenv("LD_PRELOAD");
  return preload != nullptr && std::strstr(preload, "/vgpreload_") != nullptr;
}

}  // namespace

bool linux_kernel::places_memory_of(const machine& hardware) const noexcept {
  return hardware.is_live();
}

memory_policy linux_kernel::inherited_policy() const noexcept {
  return thread_policy();
}

std::optional<node_weights> linux_kernel::weights() const noexcept {
  const std::optional<node_set> nodes = allowed_nodes();
  if (!nodes || nodes->empty()) return std::nullopt;
  node_weights read;
  for (const node_id node : *nodes) {
    const std::optional<unsigned> weight = interleave_weight(node);
    if (weight)
      read.by_number[to_number(node)] = static_cast<std::uint8_t>(*weight);
    else if (node == *nodes->begin())
      return std::nullopt;
  }
  return read;
}

std::size_t linux_kernel::reservable_bytes() const noexcept {
  std::size_t bytes = std::numeric_limits<std::size_t>::max() / 4;
  if (sanitized) bytes = 64 * gibibyte;
  if (runs_under_valgrind()) bytes = 8 * gibibyte;
  rlimit limit{};
  // Half of the limit stays with malloc, stacks and libraries.
  if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      limit.rlim_cur / 2 < bytes) {
    bytes = limit.rlim_cur / 2;
  }
  return bytes;
}

std::size_t linux_kernel::page_bytes() const noexcept {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

reserved_range linux_kernel::reserve(std::size_t bytes, std::size_t alignment,
                                     access before_open) noexcept {
  int error = 0;
  std::byte* data = map_pages(bytes, alignment, before_open == access::zeros, error);
  if (data == nullptr) return {nullptr, 0, error};
  // A kernel without huge pages refuses, and needs no telling.
  allow_huge_pages(data, bytes, false);
  return {data, bytes, 0};
}

void linux_kernel::unreserve(std::byte* data, std::size_t bytes) noexcept {
  unmap_pages(data, bytes);
}

int linux_kernel::open(std::byte* data, std::size_t bytes) noexcept {
  return make_writable(data, bytes);
}

int linux_kernel::populate(std::byte* data, std::size_t bytes) noexcept {
  return populate_pages(data, bytes, page_bytes());
}

int linux_kernel::purge(std::byte* data, std::size_t bytes) noexcept {
  return purge_pages(data, bytes);
}

int linux_kernel::huge_pages(std::byte* data, std::size_t bytes, bool allowed) noexcept {
  return allow_huge_pages(data, bytes, allowed);
}

int linux_kernel::set_policy(std::byte* data, std::size_t bytes,
                             const memory_policy& policy) noexcept {
  return set_range_policy(data, bytes, policy);
}

int linux_kernel::locate(std::span<void* const> pages, std::span<int> nodes) noexcept {
  return locate_pages(pages, nodes);
}

std::vector<mapping_node> linux_kernel::mappings() noexcept {
  return mapping_nodes().value_or(std::vector<mapping_node>());
}

int linux_kernel::move(std::span<void* const> pages, std::span<const node_id> targets,
                       std::span<int> results) noexcept {
  return move_pages_to(pages, targets, results);
}

}  // namespace nearmem
