#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <hwloc.h>

#include <nearmem/topology/hwloc_import.hpp>
#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/measurements_text.hpp>
#include <nearmem/topology/nearest_node.hpp>
#include <nearmem/topology/procfs.hpp>
#include <nearmem/topology/stated_cache.hpp>
#include <nearmem/topology/stated_node.hpp>
#include <nearmem/topology/synthetic_notation.hpp>

static_assert(HWLOC_API_VERSION >= 0x00020400, "hwloc 2.4 or later");

namespace nearmem {
namespace {

// Renamed in hwloc 3.0; the value stays.
#if HWLOC_API_VERSION >= 0x00030000
constexpr unsigned long latency_kind = HWLOC_DISTANCES_KIND_VALUE_LATENCY;
#else
constexpr unsigned long latency_kind = HWLOC_DISTANCES_KIND_MEANS_LATENCY;
#endif

// Beyond any CPU number that Linux has (NR_CPUS is at most 8192): no number in a file sizes a table
// unchecked.
constexpr unsigned max_cpus = 65536;

using topology_handle = std::shared_ptr<::hwloc_topology>;

topology_handle make_topology() {
  ::hwloc_topology_t topology = nullptr;
  if (::hwloc_topology_init(&topology) != 0) throw machine_error("hwloc cannot be initialised");
  return {topology, ::hwloc_topology_destroy};
}

void load(const topology_handle& topology) {
  ::hwloc_topology_set_io_types_filter(topology.get(), HWLOC_TYPE_FILTER_KEEP_NONE);
  // What is not allowed is kept by hwloc and cut here: a CPU whose own node is out of reach still
  // has a distance to the others.
  unsigned long flags = HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED;
#if HWLOC_API_VERSION >= 0x00020500
  flags |= HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING;
#endif
  ::hwloc_topology_set_flags(topology.get(), flags);
  if (::hwloc_topology_load(topology.get()) != 0) {
    throw machine_error(std::string("hwloc cannot load it: ") + std::strerror(errno));
  }
}

// The matrix of latencies between NUMA nodes, if the topology has one.
class latency_matrix {
 public:
  explicit latency_matrix(topology_handle topology) : topology_(std::move(topology)) {
    unsigned room = 1;
    if (::hwloc_distances_get_by_type(topology_.get(), HWLOC_OBJ_NUMANODE, &room, &matrix_,
                                      latency_kind, 0) != 0 ||
        room == 0) {
      matrix_ = nullptr;
    }
  }
  ~latency_matrix() {
    if (matrix_ != nullptr) ::hwloc_distances_release(topology_.get(), matrix_);
  }
  latency_matrix(const latency_matrix&) = delete;
  latency_matrix& operator=(const latency_matrix&) = delete;

  std::optional<std::size_t> between(::hwloc_obj_t from, ::hwloc_obj_t to) const {
    ::hwloc_uint64_t there = 0;
    ::hwloc_uint64_t back = 0;
    if (matrix_ == nullptr ||
        ::hwloc_distances_obj_pair_values(matrix_, from, to, &there, &back) != 0) {
      return std::nullopt;
    }
    return there;
  }

 private:
  topology_handle topology_;
  ::hwloc_distances_s* matrix_ = nullptr;
};

// One pass over a loaded topology.
class importer {
 public:
  importer(topology_handle topology, bool live)
      : topology_(std::move(topology)), live_(live), distances_(topology_) {}

  machine_description run() {
    read_nodes();
    read_matrices();
    read_caches();
    read_cores();
    read_packages();
    read_nearest_nodes();
    result_.live = live_;
    result_.source = topology_;
    return std::move(result_);
  }

 private:
  template <class Visitor>
  void each(::hwloc_obj_type_t type, Visitor&& visit) const {
    for (::hwloc_obj_t object = nullptr;
         (object = ::hwloc_get_next_obj_by_type(topology_.get(), type, object)) != nullptr;) {
      visit(object);
    }
  }

  // The CPUs of a set that this process may use.
  cpu_set allowed(::hwloc_const_cpuset_t cpus) const {
    std::vector<unsigned> numbers;
    if (cpus == nullptr) return {};
    const ::hwloc_const_cpuset_t usable = ::hwloc_topology_get_allowed_cpuset(topology_.get());
    for (int cpu = ::hwloc_bitmap_first(cpus); cpu >= 0; cpu = ::hwloc_bitmap_next(cpus, cpu)) {
      const auto number = static_cast<unsigned>(cpu);
      if (number >= max_cpus) break;
      if (::hwloc_bitmap_isset(usable, number) != 0) numbers.push_back(number);
    }
    return cpu_set(std::move(numbers));
  }

  static stated_node state(::hwloc_obj_t object, cpu_set cpus) {
    if (object->os_index >= max_nodes) {
      throw machine_error("node number " + std::to_string(object->os_index) + " is beyond " +
                          std::to_string(max_nodes - 1));
    }
    stated_node stated;
    stated.node.id = node_id{object->os_index};
    stated.node.bytes = object->attr->numanode.local_memory;
    stated.node.cpus = std::move(cpus);
    if (object->subtype != nullptr) stated.subtype = object->subtype;
    if (const char* tier = ::hwloc_obj_get_info_by_name(object, "MemoryTier")) {
      stated.subtype += tier;
    }
    return stated;
  }

  // True if the cpuset leaves the node to this process. Mems_allowed has the last word: hwloc does
  // not find the cpuset in every container.
  bool may_use(node_id node) const {
    const ::hwloc_const_nodeset_t usable = ::hwloc_topology_get_allowed_nodeset(topology_.get());
    if (::hwloc_bitmap_isset(usable, to_number(node)) == 0) return false;
    return !live_ || mems_allowed_.empty() || mems_allowed_.contains(node);
  }

  // Nodes are memory children in hwloc, not ancestors of CPUs: they are listed, and tied to CPUs by
  // set. What they are is settled before the cut, so that a node does not inherit the CPUs of one
  // that is out of reach.
  void read_nodes() {
    if (live_) mems_allowed_ = allowed_nodes().value_or(node_set{});
    std::vector<stated_node> stated;
    std::vector<::hwloc_obj_t> objects;
    node_set seen;
    each(HWLOC_OBJ_NUMANODE, [&](::hwloc_obj_t object) {
      stated.push_back(state(object, allowed(object->cpuset)));
      const node_id id = stated.back().node.id;
      if (seen.contains(id)) {
        throw machine_error("node " + std::to_string(to_number(id)) + " is there twice");
      }
      seen.insert(id);
      if (live_) stated.back().has_cpus = node_has_cpus(id);
      objects.push_back(object);
    });
    settle_kinds(stated);
    std::vector<std::pair<numa_node, ::hwloc_obj_t>> usable;
    for (std::size_t i = 0; i < stated.size(); ++i) {
      if (may_use(stated[i].node.id)) {
        usable.emplace_back(stated[i].node, objects[i]);
      } else {
        barred_.push_back(objects[i]);
      }
    }
    if (usable.empty()) throw machine_error("it has no memory node that may be used");
    std::sort(usable.begin(), usable.end(),
              [](const auto& a, const auto& b) { return a.first.id < b.first.id; });
    for (auto& [node, object] : usable) {
      result_.numbers.insert(node.id);
      result_.nodes.push_back(std::move(node));
      usable_.push_back(object);
    }
  }

  // An attribute of a node as seen from another's CPUs. Firmware states access to be the same for
  // reading and writing, or reading alone.
  std::optional<std::size_t> attribute(::hwloc_memattr_id_t both, ::hwloc_memattr_id_t reading,
                                       ::hwloc_obj_t from, ::hwloc_obj_t to) const {
    if (from->cpuset == nullptr || ::hwloc_bitmap_iszero(from->cpuset) != 0) return std::nullopt;
    ::hwloc_location initiator{};
    initiator.type = HWLOC_LOCATION_TYPE_CPUSET;
    initiator.location.cpuset = from->cpuset;
    for (const ::hwloc_memattr_id_t id : {both, reading}) {
      ::hwloc_uint64_t value = 0;
      if (::hwloc_memattr_get_value(topology_.get(), id, to, &initiator, 0, &value) == 0) {
        return value;
      }
    }
    return std::nullopt;
  }

  void read_matrices() {
    const std::size_t nodes = usable_.size();
    result_.distances = result_.latencies = result_.bandwidths = node_matrix(nodes);
    for (std::size_t from = 0; from < nodes; ++from) {
      for (std::size_t to = 0; to < nodes; ++to) {
        const ::hwloc_obj_t here = usable_[from];
        const ::hwloc_obj_t there = usable_[to];
        result_.distances.set(from, to, distances_.between(here, there));
        // Only from a node's own CPUs: memory-only nodes have nobody who could look.
        if (result_.nodes[from].cpus.empty()) continue;
        result_.latencies.set(
            from, to,
            attribute(HWLOC_MEMATTR_ID_LATENCY, HWLOC_MEMATTR_ID_READ_LATENCY, here, there));
        result_.bandwidths.set(
            from, to,
            attribute(HWLOC_MEMATTR_ID_BANDWIDTH, HWLOC_MEMATTR_ID_READ_BANDWIDTH, here, there));
      }
    }
  }

  void read_caches() {
    constexpr std::array levels = {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE,
                                   HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE};
    std::size_t line = 0;
    for (const ::hwloc_obj_type_t type : levels) {
      each(type, [&](::hwloc_obj_t object) {
        const auto& stated = object->attr->cache;
        cache found =
            stated_cache(stated.depth, stated.size, stated.linesize, stated.associativity);
        found.cpus = allowed(object->cpuset);
        if (found.cpus.empty()) return;
        line = std::max(line, found.line_bytes);
        result_.caches.push_back(std::move(found));
      });
    }
    if (line != 0) result_.line_bytes = line;
    result_.interference_bytes = result_.line_bytes * (fetches_lines_in_pairs() ? 2 : 1);
  }

  void read_cores() {
    each(HWLOC_OBJ_CORE, [&](::hwloc_obj_t object) {
      cpu_set cpus = allowed(object->cpuset);
      if (!cpus.empty()) result_.cores.push_back(std::move(cpus));
    });
  }

  // x86-64's adjacent-line prefetch. A synthetic machine has the architecture of this one.
  bool fetches_lines_in_pairs() const {
    const char* architecture =
        ::hwloc_obj_get_info_by_name(::hwloc_get_root_obj(topology_.get()), "Architecture");
    if (architecture != nullptr) return std::strcmp(architecture, "x86_64") == 0;
#if defined(__x86_64__)
    return true;
#else
    return false;
#endif
  }

  void read_packages() {
    each(HWLOC_OBJ_PACKAGE, [&](::hwloc_obj_t object) {
      package found;
      // Some firmware numbers no packages.
      found.id = object->os_index == HWLOC_UNKNOWN_INDEX ? object->logical_index : object->os_index;
      if (const char* model = ::hwloc_obj_get_info_by_name(object, "CPUModel")) found.model = model;
      found.cpus = allowed(object->cpuset);
      for (std::size_t i = 0; i < usable_.size(); ++i) {
        if (::hwloc_bitmap_intersects(usable_[i]->cpuset, object->cpuset) != 0) {
          found.nodes.push_back(result_.nodes[i].id);
        }
      }
      if (!found.cpus.empty() || !found.nodes.empty()) {
        result_.packages.push_back(std::move(found));
      }
    });
  }

  void read_nearest_nodes() {
    std::size_t cpus = 0;
    each(HWLOC_OBJ_PU, [&](::hwloc_obj_t cpu) {
      if (cpu->os_index >= max_cpus) {
        throw machine_error("CPU number " + std::to_string(cpu->os_index) + " is beyond " +
                            std::to_string(max_cpus - 1));
      }
      cpus = std::max<std::size_t>(cpus, cpu->os_index + 1);
    });
    std::vector<barred_node> barred;
    for (const ::hwloc_obj_t object : barred_) {
      barred_node node;
      node.cpus = allowed(object->cpuset);
      for (const ::hwloc_obj_t to : usable_) {
        node.distances.push_back(distances_.between(object, to));
      }
      barred.push_back(std::move(node));
    }
    result_.node_of_cpu = nearest_nodes(cpus, result_.nodes, result_.packages, barred);
  }

  topology_handle topology_;
  bool live_;
  latency_matrix distances_;
  node_set mems_allowed_;
  std::vector<::hwloc_obj_t> usable_;  // those of result_.nodes
  std::vector<::hwloc_obj_t> barred_;  // those beyond the cpuset
  machine_description result_;
};

}  // namespace

machine_description import_live() {
  const topology_handle topology = make_topology();
  load(topology);
  // hwloc obeys HWLOC_XMLFILE and HWLOC_SYNTHETIC: what it then loads is not this machine.
  return importer(topology, ::hwloc_topology_is_thissystem(topology.get()) != 0).run();
}

machine_description import_synthetic(std::string_view notation) {
  if (synthetic_cpus(notation, max_cpus) > max_cpus) {
    throw machine_error("it has more than " + std::to_string(max_cpus) + " CPUs");
  }
  const topology_handle topology = make_topology();
  const std::string complete = with_memory_stated(notation);
  if (::hwloc_topology_set_synthetic(topology.get(), complete.c_str()) != 0) {
    throw machine_error("hwloc cannot read it as synthetic notation");
  }
  load(topology);
  return importer(topology, false).run();
}

machine_description import_xml(std::string_view text) {
  const topology_handle topology = make_topology();
  const std::string terminated(text);
  if (terminated.size() >= INT_MAX ||
      ::hwloc_topology_set_xmlbuffer(topology.get(), terminated.c_str(),
                                     static_cast<int>(terminated.size() + 1)) != 0) {
    throw machine_error("hwloc cannot read it as XML");
  }
  load(topology);
  return importer(topology, false).run();
}

namespace {

// One measured matrix as an attribute. Cells of nodes that are not there are nobody's.
void annotate(::hwloc_topology_t topology, ::hwloc_memattr_id_t attribute,
              const std::vector<measurements::cell>& cells) {
  for (const measurements::cell& each : cells) {
    const ::hwloc_obj_t from = ::hwloc_get_numanode_obj_by_os_index(topology, to_number(each.from));
    const ::hwloc_obj_t to = ::hwloc_get_numanode_obj_by_os_index(topology, to_number(each.to));
    if (from == nullptr || to == nullptr) continue;
    ::hwloc_location initiator{};
    initiator.type = HWLOC_LOCATION_TYPE_CPUSET;
    initiator.location.cpuset = from->cpuset;
    ::hwloc_memattr_set_value(topology, attribute, to, &initiator, 0, each.value);
  }
}

}  // namespace

std::string export_xml(const machine_description& description, const measurements* measured) {
  auto topology = std::static_pointer_cast<::hwloc_topology>(description.source);
  if (measured != nullptr) {
    ::hwloc_topology_t copy = nullptr;
    if (::hwloc_topology_dup(&copy, topology.get()) != 0) throw machine_error("hwloc cannot copy");
    topology = {copy, ::hwloc_topology_destroy};
    annotate(copy, HWLOC_MEMATTR_ID_LATENCY, measured->latencies);
    annotate(copy, HWLOC_MEMATTR_ID_BANDWIDTH, measured->bandwidths);
    for (const auto& [name, value] : write_measurements(*measured)) {
      ::hwloc_obj_add_info(::hwloc_get_root_obj(copy), name.c_str(), value.c_str());
    }
  }
  char* buffer = nullptr;
  int bytes = 0;
  if (::hwloc_topology_export_xmlbuffer(topology.get(), &buffer, &bytes, 0) != 0) {
    throw machine_error(std::string("hwloc cannot write XML: ") + std::strerror(errno));
  }
  const auto release = [&topology](char* text) { ::hwloc_free_xmlbuffer(topology.get(), text); };
  const std::unique_ptr<char, decltype(release)> text(buffer, release);
  return text.get();
}

}  // namespace nearmem
