#include <algorithm>

#include <nearmem/topology/mapping_node.hpp>

namespace nearmem {

std::optional<node_id> node_of_mapping(std::span<const mapping_node> mappings,
                                       const void* address) noexcept {
  const auto after =
      std::upper_bound(mappings.begin(), mappings.end(), reinterpret_cast<std::uintptr_t>(address),
                       [](std::uintptr_t at, const mapping_node& each) { return at < each.begin; });
  return after == mappings.begin() ? std::nullopt : std::prev(after)->node;
}

}  // namespace nearmem
