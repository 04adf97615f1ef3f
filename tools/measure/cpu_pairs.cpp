#include "tools/measure/cpu_pairs.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace nearmem::measure {
namespace {

bool has_both(const cpu_set& cpus, unsigned first, unsigned second) {
  return cpus.contains(first) && cpus.contains(second);
}

// 0 for a core, then the level of the cache, then what is larger: the nearer, the less.
struct closeness {
  unsigned rank = 0;
  std::string name{};
};

closeness closeness_of(const machine& hardware, unsigned first, unsigned second) {
  for (const cpu_set& core : hardware.cores()) {
    if (has_both(core, first, second)) return {0, "core"};
  }
  unsigned level = 100;
  for (const cache& each : hardware.caches()) {
    if (has_both(each.cpus, first, second)) level = std::min(level, each.level);
  }
  if (level < 100) return {level, "cache level " + std::to_string(level)};
  for (const numa_node& node : hardware.nodes()) {
    if (has_both(node.cpus, first, second)) return {100, "node"};
  }
  for (const package& each : hardware.packages()) {
    if (has_both(each.cpus, first, second)) return {101, "package"};
  }
  return {102, "machine"};
}

std::vector<unsigned> all_cpus(const machine& hardware) {
  std::set<unsigned> cpus;
  for (const numa_node& node : hardware.nodes())
    cpus.insert(node.cpus.begin(), node.cpus.end());
  return {cpus.begin(), cpus.end()};
}

}  // namespace

std::vector<cpu_pair> telling_pairs(const machine& hardware) {
  constexpr std::size_t most = 64;
  std::vector<cpu_pair> pairs;
  const std::vector<unsigned> cpus = all_cpus(hardware);
  std::set<unsigned> ranks;
  for (const unsigned cpu : cpus) {
    if (cpu == cpus.front()) continue;
    closeness close = closeness_of(hardware, cpus.front(), cpu);
    if (ranks.insert(close.rank).second) pairs.push_back({cpus.front(), cpu, close.name});
  }
  for (const numa_node& one : hardware.nodes()) {
    for (const numa_node& other : hardware.nodes()) {
      if (other.id <= one.id || one.cpus.empty() || other.cpus.empty()) continue;
      const unsigned first = *one.cpus.begin();
      const unsigned second = *other.cpus.begin();
      const bool known = std::any_of(pairs.begin(), pairs.end(), [&](const cpu_pair& each) {
        return each.first == first && each.second == second;
      });
      if (known || first == second || pairs.size() == most) continue;
      pairs.push_back({first, second, closeness_of(hardware, first, second).name});
    }
  }
  std::sort(pairs.begin(), pairs.end(), [](const cpu_pair& a, const cpu_pair& b) {
    return std::pair(a.first, a.second) < std::pair(b.first, b.second);
  });
  return pairs;
}

std::vector<cpu_pair> nearest_cores(const machine& hardware) {
  const std::vector<unsigned> cpus = all_cpus(hardware);
  std::vector<cpu_pair> nearest;
  unsigned least = ~0U;
  for (const unsigned cpu : cpus) {
    if (cpu == cpus.front()) continue;
    const closeness close = closeness_of(hardware, cpus.front(), cpu);
    if (close.rank == 0 || close.rank >= least) continue;
    least = close.rank;
    nearest = {{cpus.front(), cpu, close.name}};
  }
  return nearest;
}

}  // namespace nearmem::measure
