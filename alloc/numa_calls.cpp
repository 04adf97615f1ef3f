#include <algorithm>
#include <array>
#include <cerrno>

#include <numaif.h>

#include <nearmem/alloc/numa_calls.hpp>

namespace nearmem {
namespace {

#ifndef MPOL_PREFERRED_MANY
#define MPOL_PREFERRED_MANY 5
#endif
constexpr int weighted_interleave = 6;   // MPOL_WEIGHTED_INTERLEAVE, Linux 6.9
constexpr int policy_flags = 0x7 << 13;  // MPOL_MODE_FLAGS, which come with the mode

constexpr std::size_t word_bits = 8 * sizeof(unsigned long);
using node_mask = std::array<unsigned long, max_nodes / word_bits>;

// The kernel takes one off the number of bits that it is told.
constexpr unsigned long mask_bits = max_nodes + 1;

node_mask to_mask(const node_set& nodes) noexcept {
  node_mask mask{};
  for (const node_id node : nodes) {
    mask[to_number(node) / word_bits] |= 1UL << (to_number(node) % word_bits);
  }
  return mask;
}

node_set to_set(const node_mask& mask) noexcept {
  node_set nodes;
  for (std::uint32_t node = 0; node < max_nodes; ++node) {
    if ((mask[node / word_bits] >> (node % word_bits) & 1) != 0) nodes.insert(node_id{node});
  }
  return nodes;
}

constexpr int to_mode(memory_policy::kind what) noexcept {
  switch (what) {
    case memory_policy::kind::default_:
      return MPOL_DEFAULT;
    case memory_policy::kind::local:
      return MPOL_LOCAL;
    case memory_policy::kind::preferred:
      return MPOL_PREFERRED;
    case memory_policy::kind::bind:
      return MPOL_BIND;
    case memory_policy::kind::interleave:
      return MPOL_INTERLEAVE;
    case memory_policy::kind::weighted_interleave:
      return weighted_interleave;
  }
  return MPOL_DEFAULT;
}

int locate_one_by_one(std::span<void* const> pages, std::span<int> nodes) noexcept {
  for (std::size_t i = 0; i < pages.size(); ++i) {
    int node = 0;
    if (::get_mempolicy(&node, nullptr, 0, pages[i], MPOL_F_NODE | MPOL_F_ADDR) == 0) {
      nodes[i] = node;
    } else if (errno == EFAULT) {
      nodes[i] = -EFAULT;
    } else {
      return errno;
    }
  }
  return 0;
}

}  // namespace

int set_range_policy(std::byte* data, std::size_t bytes, const memory_policy& policy) noexcept {
  const bool takes_nodes =
      policy.what != memory_policy::kind::default_ && policy.what != memory_policy::kind::local;
  const node_mask mask = to_mask(policy.nodes);
  const long result = ::mbind(data, bytes, to_mode(policy.what),
                              takes_nodes ? mask.data() : nullptr, takes_nodes ? mask_bits : 0, 0);
  return result == 0 ? 0 : errno;
}

memory_policy thread_policy() noexcept {
  int mode = MPOL_DEFAULT;
  node_mask mask{};
  if (::get_mempolicy(&mode, mask.data(), mask_bits, nullptr, 0) != 0) return {};
  switch (mode & ~policy_flags) {
    case MPOL_LOCAL:
      return {memory_policy::kind::local, {}};
    case MPOL_PREFERRED:
    case MPOL_PREFERRED_MANY:
      return {memory_policy::kind::preferred, to_set(mask)};
    case MPOL_BIND:
      return {memory_policy::kind::bind, to_set(mask)};
    case weighted_interleave:
      return {memory_policy::kind::weighted_interleave, to_set(mask)};
    case MPOL_INTERLEAVE:
      return {memory_policy::kind::interleave, to_set(mask)};
    default:
      return {};
  }
}

int locate_pages(std::span<void* const> pages, std::span<int> nodes) noexcept {
  // The kernel does not write through the array of addresses; its wrapper only lacks the const.
  if (::move_pages(0, pages.size(), const_cast<void**>(pages.data()), nullptr, nodes.data(), 0) ==
      0) {
    return 0;
  }
  return locate_one_by_one(pages, nodes);
}

int move_pages_to(std::span<void* const> pages, std::span<const node_id> targets,
                  std::span<int> results) noexcept {
  constexpr std::size_t batch = 512;
  std::array<int, batch> nodes{};
  for (std::size_t first = 0; first < pages.size(); first += batch) {
    const std::size_t count = std::min(batch, pages.size() - first);
    for (std::size_t i = 0; i < count; ++i) {
      nodes[i] = static_cast<int>(to_number(targets[first + i]));
      // The kernel leaves entries untouched behind the first batch of its own that fails.
      results[first + i] = -EAGAIN;
    }
    // A positive result is the number of pages that stayed where they were: the statuses say which.
    if (::move_pages(0, count, const_cast<void**>(pages.data()) + first, nodes.data(),
                     results.data() + first, MPOL_MF_MOVE) < 0) {
      return errno;
    }
  }
  return 0;
}

}  // namespace nearmem
