#include <algorithm>
#include <climits>
#include <cstdlib>
#include <utility>

#include <unistd.h>

#include <nearmem/topology/fallback_order.hpp>
#include <nearmem/topology/hardware_fingerprint.hpp>
#include <nearmem/topology/hwloc_import.hpp>
#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/machine_description.hpp>
#include <nearmem/topology/measurements_text.hpp>
#include <nearmem/topology/xml_file.hpp>

namespace nearmem {

struct machine::description : machine_description {
  // Completes what was imported by what follows from it.
  explicit description(machine_description imported) : machine_description(std::move(imported)) {
    std::vector<node_id> ids;
    ids.reserve(nodes.size());
    for (const numa_node& node : nodes)
      ids.push_back(node.id);
    position_of.assign(to_number(ids.back()) + 1, no_position);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      position_of[to_number(ids[i])] = static_cast<std::uint32_t>(i);
    }
    read_measured();
    fallback = fallback_orders(
        ids, latencies, distances,
        {measured_latencies, measured ? measured->latency_noise_percent : std::size_t{0}});
  }

  // The position of a node in `nodes`; nodes.size() for one that is not of this machine.
  std::size_t position(node_id node) const noexcept {
    const std::uint32_t number = to_number(node);
    if (number >= position_of.size() || position_of[number] == no_position) return nodes.size();
    return position_of[number];
  }

 private:
  // Nodes that this process may not use are left out.
  void read_measured() {
    measured_latencies = measured_bandwidths = node_matrix();
    if (!measured) return;
    const auto fill = [this](node_matrix& matrix, const std::vector<measurements::cell>& cells) {
      matrix = node_matrix(nodes.size());
      for (const measurements::cell& each : cells) {
        const std::size_t from = position(each.from);
        const std::size_t to = position(each.to);
        if (from < nodes.size() && to < nodes.size()) matrix.set(from, to, each.value);
      }
    };
    fill(measured_latencies, measured->latencies);
    fill(measured_bandwidths, measured->bandwidths);
  }
};

namespace {

measurements read_measurements_file(const std::filesystem::path& file) {
  const std::string text = read_xml_file(file);
  try {
    measurements read = read_measurements(text);
    read.origin = file.string();
    return read;
  } catch (const machine_error& error) {
    throw machine_error(file.string() + ": " + error.what());
  }
}

}  // namespace

machine::machine(std::shared_ptr<const description> what) noexcept
    : description_(std::move(what)) {}

// What the firmware states, and the kernel of this process.
machine machine::discover_stated() {
  machine_description found = import_live();
  if (found.live) found.limits = read_process_limits();
  return machine(std::make_shared<const description>(std::move(found)));
}

machine machine::discover() {
  machine found = discover_stated();
  // Not for programs that run with more rights than their user.
  const char* const file = ::secure_getenv("NEARMEM_MEASURED");
  if (file == nullptr || *file == '\0') return found;
  try {
    return found.with_measurements(read_measurements_file(file));
  } catch (const machine_error& error) {
    machine_description without = *found.description_;
    without.refused_measurements = std::string("NEARMEM_MEASURED: ") + error.what();
    return machine(std::make_shared<const description>(std::move(without)));
  }
}

machine machine::discover(const std::filesystem::path& measured) {
  return discover_stated().with_measurements(read_measurements_file(measured));
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
    machine described(
        std::make_shared<const description>(import_xml(without_measurements_in(text))));
    return holds_measurements(text) ? described.with_measurements(read_measurements(text))
                                    : described;
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
std::span<const cpu_set> machine::cores() const noexcept {
  return description_->cores;
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
  if (description_->measured && description_->measured->line_bytes) {
    return *description_->measured->line_bytes;
  }
  return description_->line_bytes;
}
std::size_t machine::interference_bytes() const noexcept {
  if (description_->measured && description_->measured->interference_bytes) {
    return *description_->measured->interference_bytes;
  }
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
  const std::size_t here = description_->position(from);
  const std::size_t there = description_->position(to);
  const std::optional<std::size_t> measured = description_->measured_latencies.get(here, there);
  return measured ? measured : description_->latencies.get(here, there);
}

std::optional<std::size_t> machine::bandwidth_mib_per_second(node_id from,
                                                             node_id to) const noexcept {
  const std::size_t here = description_->position(from);
  const std::size_t there = description_->position(to);
  const std::optional<std::size_t> measured = description_->measured_bandwidths.get(here, there);
  return measured ? measured : description_->bandwidths.get(here, there);
}

node_id machine::node_of_cpu(unsigned cpu) const noexcept {
  const std::vector<node_id>& table = description_->node_of_cpu;
  return cpu < table.size() ? table[cpu] : nodes().front().id;
}

bool machine::is_live() const noexcept {
  return description_->live;
}

std::string machine::fingerprint() const {
  return hardware_fingerprint(export_xml(*description_));
}

machine machine::with_measurements(measurements measured) const {
  const std::string own = fingerprint();
  if (measured.fingerprint != own) {
    throw machine_error((measured.origin.empty() ? "" : measured.origin + ": ") +
                        "was measured on other hardware: its fingerprint is " +
                        measured.fingerprint + ", not " + own);
  }
  machine_description with = *description_;
  with.refused_measurements.clear();
  with.measured = std::move(measured);
  return machine(std::make_shared<const description>(std::move(with)));
}

machine machine::without_measurements() const {
  machine_description without = *description_;
  without.measured.reset();
  return machine(std::make_shared<const description>(std::move(without)));
}

const measurements* machine::measured() const noexcept {
  return description_->measured ? &*description_->measured : nullptr;
}

const std::string& machine::refused_measurements() const noexcept {
  return description_->refused_measurements;
}

std::string machine::to_xml() const {
  return export_xml(*description_, measured());
}

}  // namespace nearmem
