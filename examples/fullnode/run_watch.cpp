#include "examples/fullnode/run_watch.hpp"

#include <algorithm>
#include <utility>

#include <nearmem/topology/procfs.hpp>

namespace nearmem::fullnode {
namespace {

constexpr std::chrono::milliseconds interval{250};
constexpr std::uint64_t least_looks = 64;
// What a run takes before it is under way: buffers of the database and of the makers.
constexpr double warmed_up = 0.25;

std::size_t footprint_of(const run_sample& sample) {
  std::size_t sum = 0;
  for (const component_sample& each : sample.components)
    sum += each.footprint;
  return sum;
}

}  // namespace

run_watch::run_watch(full_node& node, const run_options& options, const run_observer& observer)
    : node_(node), options_(options), observer_(observer) {
  result_.quarters.resize(run_cycles::quarters);
}

bool run_watch::is_due(std::uint64_t transactions) const {
  const std::uint64_t since = transactions - last_.transactions;
  if (options_.sample_every != 0) return since >= options_.sample_every;
  // However fast a run is, it is looked at in each of its quarters.
  if (options_.transactions != 0 && since > options_.transactions / least_looks) return true;
  return clock::now() - looked_ >= interval;
}

double run_watch::seconds() const {
  return std::chrono::duration<double>(clock::now() - start_).count();
}

void run_watch::look(std::uint64_t transactions, double progress) {
  run_sample now = take(transactions);
  check(now);
  keep_extremes(now, progress);
  cycles_.look(now, progress);
  last_ = std::move(now);
  ++result_.samples;
  looked_ = clock::now();
  if (observer_) observer_(last_);
}

run_sample run_watch::take(std::uint64_t transactions) {
  run_sample now;
  now.seconds = seconds();
  now.transactions = transactions;
  const double passed = now.seconds - last_.seconds;
  if (passed > 0) {
    now.transactions_per_second = static_cast<double>(transactions - last_.transactions) / passed;
  }
  now.blocks = node_.counts().blocks;
  now.components = node_.sample();
  now.limit = node_.budget().limit();
  now.page_layer = pages_.own_usage().footprint;
  now.accounted = footprint_of(now) + now.page_layer;
  for (const numa_node& each : pages_.hardware().nodes()) {
    if (const std::size_t used = node_.budget().used(each.id); used != 0) {
      now.nodes.push_back({each.id, used});
    }
  }
  now.resident = process_resident_bytes();
  now.virtual_bytes = process_virtual_bytes();
  now.suspected_leaks = leaks_.look(now.components);
  return now;
}

void run_watch::check(const run_sample& now) {
  // The others' pools and arenas are charged by the model of malloc, which is not theirs.
  const bool sums_come_out =
      options_.kind == resource_kind::nearmem || options_.kind == resource_kind::new_delete;
  for (std::size_t i = 0; i < now.components.size(); ++i) {
    const component_sample& each = now.components[i];
    identities_.check(each.name + ": footprint <= budget", each.footprint <= each.limit);
    // What other threads do meanwhile is not read at one instant.
    if (options_.threads > 1) continue;
    if (sums_come_out) {
      identities_.check(each.name + ": footprint == charged + unused + metadata",
                        each.footprint == each.charged + each.unused + each.metadata);
    }
    if (options_.leak && static_cast<std::size_t>(*options_.leak) == i) continue;
    identities_.check(each.name + ": dynamic_usage == charged", each.owned == each.charged);
  }
  if (options_.threads == 1) {
    identities_.check(
        "sum of footprints == used of the node's budget",
        now.accounted - now.page_layer == node_.budget().used() - node_.budget().held());
  }
  identities_.check("no component grows without removals", now.suspected_leaks.empty());
}

void run_watch::keep_extremes(const run_sample& now, double progress) {
  const std::size_t footprint = footprint_of(now);
  const std::size_t resident = now.resident.value_or(0);
  result_.peak_footprint = std::max(result_.peak_footprint, footprint);
  result_.peak_resident = std::max(result_.peak_resident, resident);
  const auto number =
      static_cast<std::size_t>(std::clamp(progress, 0.0, 0.999) * run_cycles::quarters);
  run_quarter& quarter = result_.quarters[number];
  ++quarter.samples;
  quarter.footprint = std::max(quarter.footprint, footprint);
  quarter.resident = std::max(quarter.resident, resident);
  quarter.footprint_sum += footprint;
  quarter.resident_sum += resident;
  if (!now.resident || progress < warmed_up || resident < now.accounted) return;
  ++others_;
  least_other_ = std::min(least_other_, resident - now.accounted);
  most_other_ = std::max(most_other_, resident - now.accounted);
}

void run_watch::look_idle() {
  const run_sample now = take(last_.transactions);
  result_.idle_footprint = footprint_of(now);
  result_.idle_resident = now.resident;
}

run_result run_watch::finish() {
  result_.counts = node_.counts();
  const double passed = last_.seconds;
  if (passed > 0) {
    result_.transactions_per_second = static_cast<double>(last_.transactions) / passed;
  }
  if (others_ > 1) result_.resident_spread = most_other_ - least_other_;
  if (options_.transactions == 0 && options_.seconds <= 0) {
    result_.quarters.clear();
  } else {
    for (std::size_t i = 0; i < result_.quarters.size(); ++i)
      result_.quarters[i].cycles = cycles_.of_quarter(i);
    result_.last_against_second = cycles_.last_against_second();
  }
  result_.identities = identities_.all();
  result_.last = std::move(last_);
  return std::move(result_);
}

}  // namespace nearmem::fullnode
