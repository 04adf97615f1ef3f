#include "tools/measure/conditions.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tools/measure/comparison.hpp"

namespace nearmem::measure {
namespace {

constexpr double matters = 0.02;  // what is less disturbs less than timing itself does

double own_seconds() noexcept {
  ::rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) != 0) return 0;
  const auto seconds = [](const ::timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

cpu_time_meter::cpu_time_meter() : begin_(spent_cpu_time()), own_begin_(own_seconds()) {}

void share_out(const cpu_time& begin, const cpu_time& end, double own_ticks, conditions& into) {
  const double busy = static_cast<double>(end.busy) - static_cast<double>(begin.busy);
  const double idle = static_cast<double>(end.idle) - static_cast<double>(begin.idle);
  const double stolen = static_cast<double>(end.stolen) - static_cast<double>(begin.stolen);
  const double all = busy + idle + stolen;
  if (all <= 0) return;
  into.stolen = std::max(stolen, 0.0) / all;
  into.others = std::max(busy - own_ticks, 0.0) / all;
}

void cpu_time_meter::read(conditions& into) const {
  const std::optional<cpu_time> end = spent_cpu_time();
  const auto ticks_a_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (begin_ && end) share_out(*begin_, *end, (own_seconds() - own_begin_) * ticks_a_second, into);
}

conditions look_around(const machine& hardware) {
  conditions found;
  found.virtual_machine = is_virtual_machine();
  for (const numa_node& node : hardware.nodes())
    found.cpus += node.cpus.size();
  found.cores = hardware.cores().size();
  std::set<unsigned> levels;
  for (const cache& each : hardware.caches())
    levels.insert(each.level);
  found.cache_levels = levels.size();
  found.huge_pages = hardware.limits().huge_pages;
  return found;
}

std::vector<std::string> warnings(const conditions& circumstances) {
  std::vector<std::string> lines;
  if (circumstances.virtual_machine.value_or(false)) {
    lines.emplace_back(
        "a virtual machine: caches, cores and nodes are what the hypervisor shows, and it may give "
        "the processor to others at any time");
  } else if (!circumstances.virtual_machine) {
    lines.emplace_back("whether this is a virtual machine is not known");
  }
  if (circumstances.cores == 0) {
    lines.emplace_back("which CPUs share a core is not known: they may be siblings");
  } else if (circumstances.cpus > circumstances.cores) {
    lines.emplace_back(
        "cores have several CPUs (SMT): siblings are told apart from cores, and "
        "share what a core has");
  }
  if (circumstances.cache_levels < 2) {
    lines.push_back(
        fmt::format("the machine states {} levels of caches", circumstances.cache_levels));
  }
  if (circumstances.huge_pages == "never") {
    lines.emplace_back("transparent huge pages are off");
  } else if (circumstances.huge_page_share.value_or(1) < 0.9) {
    lines.push_back(fmt::format("only {} of what asked for huge pages lies in them",
                                show_share(*circumstances.huge_page_share)));
  }
  if (circumstances.stolen.value_or(0) > matters) {
    lines.push_back(
        fmt::format("the hypervisor took {} of the time", show_share(*circumstances.stolen)));
  }
  if (circumstances.others.value_or(0) > matters) {
    lines.push_back(fmt::format("other processes took {} of the time of all CPUs",
                                show_share(*circumstances.others)));
  }
  if (std::abs(circumstances.drift()) > matters) {
    lines.push_back(fmt::format("the core ran {} {} at the end than at the beginning",
                                show_share(std::abs(circumstances.drift())),
                                circumstances.drift() > 0 ? "slower" : "faster"));
  }
  return lines;
}

}  // namespace nearmem::measure
