// numa_workloads WORKLOAD MEMORY: runs one in a guest of script/numa-guest --meter, a thread on
// each CPU. compare.py runs them all and prints the table.
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "bench/numa/memories.hpp"
#include "bench/numa/workloads.hpp"

namespace nearmem::bench {
namespace {

// CPUs are numbered node by node; neighbours here are of different nodes.
std::vector<unsigned> spread_cpus(unsigned nodes) {
  const unsigned count = std::thread::hardware_concurrency();
  const unsigned of_a_node = count / nodes;
  std::vector<unsigned> cpus;
  for (unsigned i = 0; i < count; ++i)
    cpus.push_back(i % nodes * of_a_node + i / nodes);
  return cpus;
}

template <class Memory>
bool run(std::string_view workload, unsigned nodes) {
  using function = void (*)(Memory&, const place&, const meter::step&);
  static constexpr std::pair<std::string_view, function> all[] = {
      {"private", private_work<Memory>},
      {"larson", larson<Memory>},
      {"producer-consumer", producer_consumer<Memory>},
      {"migration", migration<Memory>},
      {"steady", steady<Memory>},
      {"sharing", sharing<Memory>}};
  for (const auto& [name, work] : all) {
    if (name != workload) continue;
    const std::vector<unsigned> cpus = spread_cpus(nodes);
    Memory memory;
    meter::run_in_step(cpus, [&, each = work](std::size_t index, const meter::step& step) {
      each(memory, place{cpus, index}, step);
    });
    return true;
  }
  return false;
}

}  // namespace
}  // namespace nearmem::bench

int main(int count, char** arguments) {
  using namespace nearmem::bench;
  if (count == 4) {
    const std::string_view workload = arguments[1];
    const std::string_view memory = arguments[2];
    const auto nodes = static_cast<unsigned>(std::atoi(arguments[3]));
    if (nodes != 0 && memory == "nearmem" && run<nearmem_memory>(workload, nodes)) return 0;
    if (nodes != 0 && memory == "new" && run<new_memory>(workload, nodes)) return 0;
  }
  std::fputs(
      "usage: numa_workloads private|larson|producer-consumer|migration|steady|sharing "
      "nearmem|new NODES\n",
      stderr);
  return 2;
}
