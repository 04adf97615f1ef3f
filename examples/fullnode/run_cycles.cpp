#include "examples/fullnode/run_cycles.hpp"

#include <algorithm>
#include <utility>

#include "examples/fullnode/node_config.hpp"

namespace nearmem::fullnode {
namespace {

constexpr auto coins = static_cast<std::size_t>(part::coins);

double as_number(std::uint64_t count) {
  return static_cast<double>(count);
}

}  // namespace

void run_cycles::look(const run_sample& now, double progress) {
  if (now.components.size() <= coins) return;
  const std::uint64_t flushed = now.components[coins].evictions.flushed;
  reading taken = reading_of(now);
  if (last_ && flushed != flushed_) {
    if (has_begun_) close(progress);
    has_begun_ = true;
    began_at_ = progress;
    since_ = {};
  } else if (last_) {
    widen(taken);
  }
  flushed_ = flushed;
  looked_at_ = progress;
  last_ = std::move(taken);
}

run_cycles::reading run_cycles::reading_of(const run_sample& now) {
  reading made;
  made.transactions = as_number(now.transactions);
  if (now.resident) made.resident = as_number(*now.resident);
  for (const component_sample& each : now.components) {
    made.components.push_back(as_number(each.footprint));
    made.footprint += made.components.back();
  }
  return made;
}

void run_cycles::widen(const reading& now) {
  const double half = (now.transactions - last_->transactions) / 2;
  since_.transactions += 2 * half;
  since_.footprint += half * (last_->footprint + now.footprint);
  if (last_->resident && now.resident) {
    since_.resident += half * (*last_->resident + *now.resident);
  } else {
    since_.resident_is_known = false;
  }
  since_.components.resize(now.components.size());
  for (std::size_t i = 0; i < now.components.size(); ++i)
    since_.components[i] += half * (last_->components[i] + now.components[i]);
}

void run_cycles::close(double progress) {
  if (!(since_.transactions > 0)) return;  // it was looked at once
  const double middle = std::clamp((began_at_ + progress) / 2, 0.0, 0.999);
  cycle_means& quarter = quarters_[static_cast<std::size_t>(middle * quarters)];
  quarter.footprint.add(since_.footprint / since_.transactions);
  if (since_.resident_is_known) quarter.resident.add(since_.resident / since_.transactions);
  quarter.components.resize(since_.components.size());
  for (std::size_t i = 0; i < since_.components.size(); ++i)
    quarter.components[i].add(since_.components[i] / since_.transactions);
}

std::optional<quarters_difference> run_cycles::last_against_second() const {
  const cycle_means& second = quarters_[1];
  const cycle_means& last = quarters_[quarters - 1];
  if (std::min(second.footprint.count(), last.footprint.count()) < least_cycles) return {};
  quarters_difference made;
  made.footprint = last.footprint - second.footprint;
  if (std::min(second.resident.count(), last.resident.count()) >= least_cycles) {
    made.resident = last.resident - second.resident;
  }
  double most = 0;
  for (std::size_t i = 0; i < last.components.size(); ++i) {
    const mean_difference rose = last.components[i] - second.components[i];
    if (!rose.is_growth() || rose.value <= most) continue;
    most = rose.value;
    made.most = part_names.at(i);
  }
  return made;
}

}  // namespace nearmem::fullnode
