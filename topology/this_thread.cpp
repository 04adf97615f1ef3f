#include <array>
#include <atomic>
#include <cstdint>
#include <exception>
#include <span>

#include <sched.h>

#include <nearmem/topology/rseq_node.hpp>
#include <nearmem/topology/this_thread.hpp>

namespace nearmem::this_thread {
namespace {

constexpr std::uint32_t none = ~std::uint32_t{0};

constinit thread_local std::uint32_t assumed = none;

node_id node_by_cpu(const machine& where) noexcept {
  const int cpu = ::sched_getcpu();
  return cpu < 0 ? where.nodes().front().id : where.node_of_cpu(static_cast<unsigned>(cpu));
}

// What node() looks up, made once from the process's machine.
struct node_table {
  const machine* hardware = nullptr;  // nullptr: it could not be discovered
  bool single = true;
  bool by_rseq = false;
  node_id only{};
  std::array<std::uint32_t, max_nodes> node_of_kernel_node{};  // none: by CPU instead
};

// What the kernel calls node k is, to this process, the node nearest to k's CPUs: k itself if it
// may be used.
node_table make_table() noexcept {
  node_table table;
  try {
    table.hardware = &machine::process();
  } catch (const std::exception&) {
    return table;
  }
  const std::span<const numa_node> nodes = table.hardware->nodes();
  table.single = nodes.size() == 1;
  table.only = nodes.front().id;
  table.by_rseq = table.hardware->is_live() && has_rseq_node();
  table.node_of_kernel_node.fill(none);
  for (const numa_node& each : nodes) {
    if (each.cpus.empty()) continue;
    const node_id nearest = table.hardware->node_of_cpu(*each.cpus.begin());
    table.node_of_kernel_node[to_number(each.id)] = to_number(nearest);
  }
  return table;
}

const node_table& make_process_table() noexcept;

constinit std::atomic<const node_table*> process_table{nullptr};

const node_table& table_of_process() noexcept {
  // Acquire: the table is filled before it is seen.
  const node_table* table = process_table.load(std::memory_order_acquire);
  return table != nullptr ? *table : make_process_table();
}

const node_table& make_process_table() noexcept {
  static const node_table made = make_table();
  process_table.store(&made, std::memory_order_release);
  return made;
}

bool is_node_of(const machine* hardware, std::uint32_t number) noexcept {
  return hardware != nullptr && hardware->find(node_id{number}) != nullptr;
}

}  // namespace

node_id node() noexcept {
  const node_table& table = table_of_process();
  if (assumed != none && is_node_of(table.hardware, assumed)) [[unlikely]] {
    return node_id{assumed};
  }
  if (table.single) return table.only;
  if (table.by_rseq) {
    const std::uint32_t kernel_node = rseq_node();
    if (kernel_node < max_nodes) {
      const std::uint32_t number = table.node_of_kernel_node[kernel_node];
      if (number != none) return node_id{number};
    }
  }
  return table.hardware->is_live() ? node_by_cpu(*table.hardware) : table.only;
}

node_id node(const machine& where) noexcept {
  if (assumed != none && is_node_of(&where, assumed)) return node_id{assumed};
  const std::span<const numa_node> nodes = where.nodes();
  return where.is_live() && nodes.size() > 1 ? node_by_cpu(where) : nodes.front().id;
}

std::uint32_t whereabouts() noexcept {
  constexpr std::uint32_t assumed_to_be = std::uint32_t{1} << 31;  // above all numbers of CPUs
  if (assumed != none) return assumed_to_be | assumed;
  const int cpu = ::sched_getcpu();
  return cpu < 0 ? nowhere : static_cast<std::uint32_t>(cpu);
}

assumed_node::assumed_node(node_id node) noexcept : before_{node_id{assumed}} {
  assumed = to_number(node);
}

assumed_node::~assumed_node() {
  assumed = to_number(before_);
}

}  // namespace nearmem::this_thread
