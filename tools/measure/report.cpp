#include "tools/measure/report.hpp"

#include <algorithm>

namespace nearmem::measure {

std::string_view to_string(part what) noexcept {
  switch (what) {
    case part::latency:
      return "latency";
    case part::nodes:
      return "nodes";
    case part::bandwidth:
      return "bandwidth";
    case part::cores:
      return "cores";
    case part::interference:
      return "interference";
    case part::pages:
      return "pages";
    case part::conflicts:
      return "conflicts";
    case part::paths:
      return "paths";
  }
  return "paths";
}

std::string_view unit_of(part what) noexcept {
  return what == part::bandwidth ? "mib_per_second" : "nanoseconds";
}

std::string_view to_string(verdict_state state) noexcept {
  switch (state) {
    case verdict_state::decided:
      return "decided";
    case verdict_state::undecided:
      return "undecided";
    case verdict_state::not_measured:
      return "not_measured";
  }
  return "not_measured";
}

std::optional<unsigned> part_report::node() const noexcept {
  const bool is_of_one = what == part::latency || what == part::pages || what == part::conflicts;
  if (!is_of_one || rows.empty() || rows.front().from != rows.front().to) return std::nullopt;
  return rows.front().from;
}

const part_report* report::find(part what) const noexcept {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [&](const part_report& each) { return each.what == what; });
  return found == parts.end() ? nullptr : &*found;
}

}  // namespace nearmem::measure
