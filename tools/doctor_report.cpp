#include "tools/doctor_report.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <nearmem/alloc/kernel.hpp>

namespace nearmem::tools {
namespace {

// The words of every finding. docs/doctor.md quotes them.
constexpr finding simulated{"simulated",
                            "this machine is described, not present: nothing is placed on it",
                            "run nearmem doctor on the machine itself",
                            {}};
constexpr finding one_node{"one_node",
                           "there is one node, so all memory is equally near",
                           "nothing: slabs, arenas, accounts and budgets work all the same",
                           {}};
constexpr finding inherited{"inherited_policy",
                            "the process was started under a memory policy, which always wins",
                            "start it without numactl, or ask for nodes within its policy",
                            {}};
constexpr finding denied{"denied",
                         "the kernel or a container's seccomp profile forbids memory policies",
                         "add the capability CAP_SYS_NICE, or a profile that allows mbind, "
                         "set_mempolicy, get_mempolicy and move_pages",
                         {}};
constexpr finding without_memory{"without_memory",
                                 "the node has CPUs but no memory",
                                 "ask for local: its threads are served by the nearest node",
                                 {}};
constexpr finding no_such_node{"no_such_node",
                               "the kernel does not accept the node: it is offline or barred",
                               "widen the cpuset, or ask for the nodes that work",
                               {}};
constexpr finding full{"full",
                       "the node had no free page for the probe",
                       "free memory on the node, or ask for preferred instead of bind",
                       {}};
constexpr finding unsupported{"unsupported",
                              "the kernel has no memory policies, or cannot say where pages lie",
                              "boot a kernel with NUMA; until then pages lie where they are first "
                              "written",
                              {}};
constexpr finding no_distances{"no_distances",
                               "the firmware states no distances",
                               "nothing: a full node is relieved by the others in order of number",
                               {}};
constexpr finding address_space{"address_space",
                                "the address space is bounded, so slots are smaller",
                                "lift the bound with ulimit -v unlimited",
                                {}};
constexpr finding control_group{"control_group",
                                "a control group bounds memory, and the kernel kills beyond it",
                                "keep the budgets of the process below the bound",
                                {}};
constexpr finding overcommit{"overcommit",
                             "the kernel promises no more memory than it has",
                             "nothing: only memory in use is asked for, but fork may be refused",
                             {}};
constexpr finding huge_pages{"huge_pages",
                             "transparent huge pages are off",
                             "set them to madvise if a resource is to have huge pages",
                             {}};
constexpr finding balancing{"numa_balancing",
                            "the kernel moves pages that were placed by first touch",
                            "nothing: pages that are preferred or bound stay",
                            {}};

constexpr finding refused_measurements{"refused_measurements",
                                       "the file that NEARMEM_MEASURED names is damaged, or was "
                                       "measured on other hardware",
                                       "run nearmem measure --xml FILE here, and name that file",
                                       {}};

bool comes_to_its_best(const placement& where, binding_outcome outcome) {
  switch (where.what()) {
    case placement::kind::bind:
      return outcome == binding_outcome::bound;
    case placement::kind::first_touch:
      return outcome == binding_outcome::first_touch;
    case placement::kind::local:
    case placement::kind::preferred:
    case placement::kind::interleave:
    case placement::kind::weighted_interleave:
      break;
  }
  return outcome == binding_outcome::preferred || outcome == binding_outcome::bound;
}

// One pass over what there is to say; the same finding is listed once, for all its nodes.
class examiner {
 public:
  examiner(const machine& hardware, const page_source* pages)
      : report_{hardware, {}, {}, {}}, pages_(pages) {}

  doctor_report run() {
    probe_all();
    if (pages_ == nullptr) {
      add(simulated, {});
    } else {
      for (const probed_placement& each : report_.placements)
        explain(each);
    }
    look_at_nodes();
    if (!report_.hardware.refused_measurements().empty()) add(refused_measurements, {});
    if (report_.hardware.is_live()) look_at_limits();
    return std::move(report_);
  }

 private:
  void probe(const placement& where) {
    probed_placement probed{where, binding_outcome::simulated, false};
    if (pages_ != nullptr) probed.outcome = pages_->probe(where);
    probed.works = comes_to_its_best(where, probed.outcome);
    report_.placements.push_back(probed);
  }

  void probe_all() {
    probe(placement::local());
    for (const numa_node& node : report_.hardware.nodes())
      probe(placement::preferred(node.id));
    for (const numa_node& node : report_.hardware.nodes())
      probe(placement::bind(node.id));
    probe(placement::interleave(report_.hardware.node_numbers()));
    // Nothing is amiss where the kernel is older than weights are.
    if (pages_ != nullptr && pages_->calls().weights()) {
      probe(placement::weighted_interleave(report_.hardware.node_numbers()));
    }
    probe(placement::first_touch());
  }

  void explain(const probed_placement& probed) {
    if (probed.works) return;
    const node_set& nodes = probed.where.nodes();
    switch (probed.outcome) {
      case binding_outcome::simulated:
        add(simulated, {});
        break;
      case binding_outcome::denied:
        add(is_started_under_a_policy() ? inherited : denied, nodes);
        break;
      case binding_outcome::no_such_node:
        for (const node_id node : nodes) {
          const numa_node* known = report_.hardware.find(node);
          add(known != nullptr && known->bytes == 0 ? without_memory : no_such_node, {node});
        }
        break;
      case binding_outcome::preferred:
        add(full, nodes);
        break;
      case binding_outcome::bound:
      case binding_outcome::first_touch:
      case binding_outcome::unsupported:
        add(unsupported, nodes);
        break;
    }
  }

  bool is_started_under_a_policy() const {
    const std::string& policy = report_.hardware.limits().inherited_policy;
    return !policy.empty() && policy != "default" && policy != "local";
  }

  void look_at_nodes() {
    const auto nodes = report_.hardware.nodes();
    if (nodes.size() == 1) {
      add(one_node, {});
    } else if (!report_.hardware.distance(nodes[0].id, nodes[1].id)) {
      add(no_distances, {});
    }
  }

  void look_at_limits() {
    const process_limits& limits = report_.hardware.limits();
    if (limits.address_space_bytes) add(address_space, {});
    if (limits.cgroup_bytes) add(control_group, {});
    if (limits.overcommit == 2) add(overcommit, {});
    if (limits.huge_pages == "never") add(huge_pages, {});
    if (limits.numa_balancing && report_.hardware.nodes().size() > 1) add(balancing, {});
  }

  void add(const finding& what, const node_set& nodes) {
    const auto same = std::find_if(report_.findings.begin(), report_.findings.end(),
                                   [&](const finding& each) { return each.name == what.name; });
    if (same != report_.findings.end()) {
      same->nodes |= nodes;
      return;
    }
    report_.findings.push_back(what);
    report_.findings.back().nodes = nodes;
  }

  doctor_report report_;
  const page_source* pages_;
};

}  // namespace

std::vector<finding> possible_findings() {
  return {simulated,     one_node,   inherited,   denied,       without_memory,
          no_such_node,  full,       unsupported, no_distances, address_space,
          control_group, overcommit, huge_pages,  balancing,    refused_measurements};
}

doctor_report examine(const machine& hardware, const page_source* pages) {
  return examiner(hardware, pages).run();
}

}  // namespace nearmem::tools
