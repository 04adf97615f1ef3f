#include <algorithm>
#include <string_view>
#include <tuple>
#include <vector>

#include <nearmem/topology/stated_node.hpp>

namespace nearmem {
namespace {

bool says(std::string_view subtype, std::string_view word) {
  return subtype.find(word) != std::string_view::npos;
}

// HBM, HBM2, ...; Knights Landing's is called MCDRAM.
bool is_high_bandwidth(std::string_view subtype) {
  return says(subtype, "HBM") || says(subtype, "MCDRAM");
}

// Non-volatile, special-purpose (EFI's word for what drivers own), CXL and GPU memory.
bool is_without_cpus(std::string_view subtype) {
  return says(subtype, "NVM") || says(subtype, "SPM") || says(subtype, "CXL") ||
         says(subtype, "GPU");
}

}  // namespace

void settle_kinds(std::span<stated_node> nodes) {
  std::vector<stated_node*> nearest_first;
  for (stated_node& stated : nodes) {
    if (is_high_bandwidth(stated.subtype)) {
      stated.node.kind = memory_kind::hbm;
    } else {
      nearest_first.push_back(&stated);
    }
  }
  std::sort(nearest_first.begin(), nearest_first.end(),
            [](const stated_node* a, const stated_node* b) {
              return std::tuple(a->node.cpus.size(), a->node.id) <
                     std::tuple(b->node.cpus.size(), b->node.id);
            });

  std::vector<bool> taken;  // by CPU: a nearer node has it
  for (stated_node* stated : nearest_first) {
    bool adds = false;
    for (unsigned cpu : stated->node.cpus) {
      if (cpu >= taken.size()) taken.resize(cpu + 1);
      adds = adds || !taken[cpu];
    }
    const bool without = is_without_cpus(stated->subtype) || !stated->has_cpus.value_or(adds);
    if (without) {
      stated->node.kind = memory_kind::memory_only;
      stated->node.cpus = {};
    } else {
      stated->node.kind = memory_kind::dram;
      for (unsigned cpu : stated->node.cpus)
        taken[cpu] = true;
    }
  }
}

}  // namespace nearmem
