#include <algorithm>
#include <utility>

#include <nearmem/topology/cpu_set.hpp>
#include <nearmem/topology/number_ranges.hpp>

namespace nearmem {

cpu_set::cpu_set(std::vector<unsigned> cpus) : cpus_(std::move(cpus)) {
  std::sort(cpus_.begin(), cpus_.end());
  cpus_.erase(std::unique(cpus_.begin(), cpus_.end()), cpus_.end());
}

bool cpu_set::contains(unsigned cpu) const noexcept {
  return std::binary_search(cpus_.begin(), cpus_.end(), cpu);
}

std::string cpu_set::to_string() const {
  number_ranges ranges;
  for (unsigned cpu : cpus_)
    ranges.add(cpu);
  return std::move(ranges).str();
}

}  // namespace nearmem
