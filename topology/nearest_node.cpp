#include <algorithm>

#include <nearmem/topology/nearest_node.hpp>

namespace nearmem {
namespace {

// The choice for every CPU so far; the first that is offered stays.
class choices {
 public:
  choices(std::size_t cpus, std::span<const numa_node> usable)
      : usable_(usable),
        chosen_(cpus, nullptr),
        any_memory_(std::any_of(usable.begin(), usable.end(),
                                [](const numa_node& node) { return node.bytes != 0; })) {}

  bool serves(const numa_node& node) const { return node.bytes != 0 || !any_memory_; }

  void offer(const cpu_set& cpus, const numa_node* node) {
    if (node == nullptr) return;
    for (unsigned cpu : cpus) {
      if (cpu < chosen_.size() && chosen_[cpu] == nullptr) chosen_[cpu] = node;
    }
  }

  // The first node that serves, of those that `matches`.
  template <class Predicate>
  const numa_node* first(const Predicate& matches) const {
    for (const numa_node& node : usable_) {
      if (serves(node) && matches(node)) return &node;
    }
    return nullptr;
  }

  const numa_node* closest(const barred_node& from) const {
    const numa_node* closest = nullptr;
    std::size_t smallest = 0;
    for (std::size_t i = 0; i < usable_.size() && i < from.distances.size(); ++i) {
      if (!from.distances[i] || !serves(usable_[i])) continue;
      if (closest != nullptr && *from.distances[i] >= smallest) continue;
      closest = &usable_[i];
      smallest = *from.distances[i];
    }
    return closest;
  }

  std::vector<node_id> finish(const numa_node* otherwise) const {
    std::vector<node_id> result;
    result.reserve(chosen_.size());
    for (const numa_node* node : chosen_)
      result.push_back((node ? node : otherwise)->id);
    return result;
  }

 private:
  std::span<const numa_node> usable_;
  std::vector<const numa_node*> chosen_;
  bool any_memory_;
};

}  // namespace

std::vector<node_id> nearest_nodes(std::size_t cpus, std::span<const numa_node> usable,
                                   std::span<const package> packages,
                                   std::span<const barred_node> barred) {
  choices nearest(cpus, usable);
  for (const memory_kind kind : {memory_kind::dram, memory_kind::hbm}) {
    for (const numa_node& node : usable) {
      if (node.kind == kind && nearest.serves(node)) nearest.offer(node.cpus, &node);
    }
  }
  for (const barred_node& node : barred)
    nearest.offer(node.cpus, nearest.closest(node));
  for (const package& socket : packages) {
    nearest.offer(socket.cpus, nearest.first([&](const numa_node& node) {
      return std::find(socket.nodes.begin(), socket.nodes.end(), node.id) != socket.nodes.end();
    }));
  }
  return nearest.finish(nearest.first([](const numa_node&) { return true; }));
}

}  // namespace nearmem
