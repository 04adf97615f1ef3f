#include "tools/measure/plan.hpp"

#include <algorithm>

#include <nearmem/topology/procfs.hpp>

namespace nearmem::measure {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

// 16 MiB where no cache is stated.
std::size_t largest_cache(const machine& hardware) {
  std::size_t most = 0;
  for (const cache& each : hardware.caches())
    most = std::max(most, each.bytes);
  return most == 0 ? 16 * mebibyte : most;
}

std::size_t times_cache(const machine& hardware, std::size_t times, std::size_t least,
                        std::size_t most) {
  return std::clamp(largest_cache(hardware) * times, least, most);
}

}  // namespace

effort whole_effort(const machine& hardware) {
  return {.largest_footprint = times_cache(hardware, 4, 64 * mebibyte, 512 * mebibyte),
          .points_an_octave = 2,
          .node_footprint = times_cache(hardware, 4, 64 * mebibyte, 256 * mebibyte),
          .stream_bytes = times_cache(hardware, 4, 64 * mebibyte, 256 * mebibyte),
          .page_bytes = 32 * mebibyte,
          .go_nanoseconds = 6e5,
          .rounds = {.most = 21, .time = std::chrono::seconds(120)}};
}

effort quick_effort(const machine& hardware) {
  return {.largest_footprint = times_cache(hardware, 2, 16 * mebibyte, 64 * mebibyte),
          .points_an_octave = 1,
          .node_footprint = times_cache(hardware, 2, 16 * mebibyte, 64 * mebibyte),
          .stream_bytes = times_cache(hardware, 2, 16 * mebibyte, 64 * mebibyte),
          .page_bytes = 8 * mebibyte,
          .go_nanoseconds = 1.2e5,
          .rounds = {.most = 11, .time = std::chrono::seconds(5)}};
}

std::vector<unsigned> one_cpu_a_core(const machine& hardware, node_id node) {
  const numa_node* const where = hardware.find(node);
  std::vector<unsigned> cpus;
  if (where == nullptr) return cpus;
  for (const unsigned cpu : where->cpus) {
    const auto cores = hardware.cores();
    const auto core = std::find_if(cores.begin(), cores.end(),
                                   [&](const cpu_set& each) { return each.contains(cpu); });
    if (core == cores.end() || *core->begin() == cpu) cpus.push_back(cpu);
  }
  return cpus;
}

std::vector<node_id> nodes_with_cpus(const machine& hardware) {
  std::vector<node_id> nodes;
  for (const numa_node& each : hardware.nodes()) {
    if (!each.cpus.empty()) nodes.push_back(each.id);
  }
  return nodes;
}

std::vector<node_id> nodes_with_memory(const machine& hardware) {
  std::vector<node_id> nodes;
  for (const numa_node& each : hardware.nodes()) {
    if (each.bytes != 0) nodes.push_back(each.id);
  }
  return nodes;
}

std::size_t affordable(const machine& hardware, node_id node, std::size_t wanted) {
  const numa_node* const where = hardware.find(node);
  const std::size_t all = where == nullptr ? 0 : where->bytes;
  const std::size_t spare = free_bytes(node).value_or(all) / 8;
  const std::size_t chunk = page_source::chunk_bytes;
  return std::max(std::min(wanted, spare) / chunk * chunk, chunk);
}

}  // namespace nearmem::measure
