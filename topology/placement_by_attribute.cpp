#include <cstddef>
#include <optional>

#include <nearmem/topology/placement_by_attribute.hpp>

namespace nearmem {
namespace {

// The nearest of the nodes with memory whose worth is largest; those without worth count only where
// none has any.
template <class Worth>
placement prefer_best(const machine& hardware, node_id from, Worth worth) noexcept {
  std::optional<node_id> best;
  std::optional<std::size_t> most;
  for (const node_id node : hardware.fallback_order(from)) {
    const numa_node* const found = hardware.find(node);
    if (found == nullptr || found->bytes == 0) continue;
    const std::optional<std::size_t> own = worth(*found);
    if (!best || (own && (!most || *own > *most))) {
      best = node;
      most = own;
    }
  }
  return placement::preferred(best.value_or(from));
}

}  // namespace

placement lowest_latency(const machine& hardware, node_id from) noexcept {
  return prefer_best(hardware, from, [&](const numa_node& node) -> std::optional<std::size_t> {
    const std::optional<std::size_t> nanoseconds = hardware.latency_nanoseconds(from, node.id);
    if (!nanoseconds) return std::nullopt;
    return ~*nanoseconds;  // less is more
  });
}

placement highest_bandwidth(const machine& hardware, node_id from) noexcept {
  return prefer_best(hardware, from, [&](const numa_node& node) {
    return hardware.bandwidth_mib_per_second(from, node.id);
  });
}

placement highest_capacity(const machine& hardware, node_id from) noexcept {
  return prefer_best(hardware, from,
                     [](const numa_node& node) { return std::optional<std::size_t>(node.bytes); });
}

}  // namespace nearmem
