#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/procfs.hpp>

namespace nearmem::measure {

// What may have disturbed a measurement, or bounds what it can say. Shares are of 1.
struct conditions {
  std::optional<bool> virtual_machine{};
  std::size_t cpus = 0;
  std::size_t cores = 0;                    // 0 where the machine does not say
  std::size_t cache_levels = 0;             // that the machine states; 0 where it hides them
  std::string huge_pages{};                 // the kernel's mode, "" where unknown
  std::optional<double> huge_page_share{};  // of the memory that asked for huge pages
  std::optional<double> stolen{};           // of all CPUs' time, by a hypervisor
  std::optional<double> others{};           // of all CPUs' time, by other processes
  double pace_before = 0;                   // nanoseconds an operation, see spin()
  double pace_after = 0;

  // By what share the core was slower at the end; below 0: faster.
  double drift() const noexcept { return pace_before > 0 ? pace_after / pace_before - 1 : 0; }
};

// Two moments between which CPU time is counted.
class cpu_time_meter {
 public:
  cpu_time_meter();
  // Fills `stolen` and `others` with the shares since it was made; leaves them empty where the
  // kernel does not say, or where no time has passed.
  void read(conditions& into) const;

 private:
  std::optional<cpu_time> begin_;
  double own_begin_ = 0;  // seconds
};

// Shares of all that was spent between two readings, of which `own_ticks` were this process's.
void share_out(const cpu_time& begin, const cpu_time& end, double own_ticks, conditions& into);

// What is known before anything is measured.
conditions look_around(const machine& hardware);

// A line for each thing that a reader must know before trusting the figures.
std::vector<std::string> warnings(const conditions& circumstances);

}  // namespace nearmem::measure
