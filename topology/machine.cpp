#include <algorithm>
#include <climits>
#include <utility>

#include <unistd.h>

#include <nearmem/topology/fallback_order.hpp>
#include <nearmem/topology/hwloc_import.hpp>
#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/machine_description.hpp>
#include <nearmem/topology/xml_file.hpp>

namespace nearmem {

struct machine::description : machine_description {
  // Completes what was imported by what follows from it.
  explicit description(machine_description imported) : machine_description(std::move(imported)) {
    std::vector<node_id> ids;
    ids.reserve(nodes.size());
    for (const numa_node& node : nodes)
      ids.push_back(node.id);
    fallback = fallback_orders(ids, latencies, distances);
    position_of.assign(to_number(ids.back()) + 1, no_position);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      position_of[to_number(ids[i])] = static_cast<std::uint32_t>(i);
    }
  }

  // The position of a node in `nodes`; nodes.size() for one that is not of this machine.
  std::size_t position(node_id node) const noexcept {
    const std::uint32_t number = to_number(node);
    if (number >= position_of.size() || position_of[number] == no_position) return nodes.size();
    return position_of[number];
  }
};

machine::machine(std::shared_ptr<const description> what) noexcept
    : description_(std::move(what)) {}

machine machine::discover() {
  machine_description found = import_live();
  if (found.live) found.limits = read_process_limits();
  return machine(std::make_shared<const description>(std::move(found)));
}

const machine& machine::process() {
  // Never destroyed: threads ask for their node until the process is gone.
  static const machine& discovered = *new machine(discover());
  return discovered;
}

machine machine::from_synthetic(std::string_view notation) {
  try {
    return machine(std::make_shared<const description>(import_synthetic(notation)));
  } catch (const machine_error& error) {
    throw machine_error("synthetic machine '" + std::string(notation) + "': " + error.what());
  }
}

machine machine::from_xml(const std::filesystem::path& file) {
  const std::string text = read_xml_file(file);
  try {
    return machine(std::make_shared<const description>(import_xml(text)));
  } catch (const machine_error& error) {
    // hwloc does not say where; the whole is at fault as far as anybody can tell.
    throw machine_error(file.string() + ": byte " + std::to_string(text.find("<topology")) + ": " +
                        error.what());
  }
}

std::span<const numa_node> machine::nodes() const noexcept {
  return description_->nodes;
}
std::span<const package> machine::packages() const noexcept {
  return description_->packages;
}
std::span<const cache> machine::caches() const noexcept {
  return description_->caches;
}
const process_limits& machine::limits() const noexcept {
  return description_->limits;
}
const node_set& machine::node_numbers() const noexcept {
  return description_->numbers;
}

const numa_node* machine::find(node_id node) const noexcept {
  const std::size_t position = position_of(node);
  return position == nodes().size() ? nullptr : &nodes()[position];
}

std::size_t machine::position_of(node_id node) const noexcept {
  return description_->position(node);
}

std::size_t machine::line_bytes() const noexcept {
  return description_->line_bytes;
}
std::size_t machine::interference_bytes() const noexcept {
  return description_->interference_bytes;
}

std::size_t machine::page_bytes() const noexcept {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::span<const node_id> machine::fallback_order(node_id node) const noexcept {
  const std::size_t count = nodes().size();
  return std::span(description_->fallback).subspan(description_->position(node) * count, count);
}

std::optional<unsigned> machine::distance(node_id from, node_id to) const noexcept {
  const std::optional<std::size_t> stated =
      description_->distances.get(description_->position(from), description_->position(to));
  if (!stated) return std::nullopt;
  return static_cast<unsigned>(std::min<std::size_t>(*stated, UINT_MAX));
}

std::optional<std::size_t> machine::latency_nanoseconds(node_id from, node_id to) const noexcept {
  return description_->latencies.get(description_->position(from), description_->position(to));
}

std::optional<std::size_t> machine::bandwidth_mib_per_second(node_id from,
                                                             node_id to) const noexcept {
  return description_->bandwidths.get(description_->position(from), description_->position(to));
}

node_id machine::node_of_cpu(unsigned cpu) const noexcept {
  const std::vector<node_id>& table = description_->node_of_cpu;
  return cpu < table.size() ? table[cpu] : nodes().front().id;
}

bool machine::is_live() const noexcept {
  return description_->live;
}

std::string machine::to_xml() const {
  return export_xml(*description_);
}

}  // namespace nearmem
