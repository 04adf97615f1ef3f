#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nearmem/topology/machine.hpp>

#include "tools/measure/comparison.hpp"
#include "tools/measure/conditions.hpp"
#include "tools/measure/figure.hpp"

namespace nearmem::measure {

// What is measured; each can be asked for by itself.
enum class part : std::uint8_t {
  latency,       // by footprint, small and huge pages, idle and loaded
  nodes,         // latency from node to node
  bandwidth,     // from node to node
  cores,         // a line to another core and back
  interference,  // two cores, counters some bytes apart
  pages,         // the kernel's work for fresh memory
  conflicts,     // lines at strides that meet in a cache's sets
  paths,         // the library's own hot paths
};

inline constexpr std::array all_parts = {part::latency,   part::nodes,        part::bandwidth,
                                         part::cores,     part::interference, part::pages,
                                         part::conflicts, part::paths};

// "latency", "nodes", ...
std::string_view to_string(part what) noexcept;
// "nanoseconds", but for bandwidth: "mib_per_second".
std::string_view unit_of(part what) noexcept;

// One figure, and what it is of. `from` and `to` are nodes in latency, nodes and bandwidth, CPUs in
// cores and interference; `bytes` a footprint, a distance or a stride.
struct row {
  std::string series;
  std::optional<std::size_t> bytes{};
  std::optional<unsigned> from{};
  std::optional<unsigned> to{};
  std::optional<figure> value{};
  std::string not_measured{};  // why there is no value
};

struct part_report {
  part what = part::latency;
  std::vector<row> rows{};

  // The one node that all rows are of, with its own CPUs and its own memory: of latency, pages and
  // conflicts. Empty for other parts, and where nothing was measured.
  std::optional<unsigned> node() const noexcept;
};

enum class verdict_state : std::uint8_t { decided, undecided, not_measured };

// "decided", "undecided", "not_measured".
std::string_view to_string(verdict_state state) noexcept;

// What the figures say, or why nothing can be said.
struct verdict {
  std::string name;
  verdict_state state = verdict_state::not_measured;
  std::string text{};                  // in words
  std::optional<std::size_t> bytes{};  // of sizes that were decided
  std::optional<double> effect{};      // shares, where two figures were compared
  std::optional<double> noise{};
};

// A figure that differs from an earlier one of the same thing by more than the noise.
struct disagreement {
  part of = part::latency;
  row now{};
  figure earlier{};
  comparison by{};  // of `now` over `earlier`
};

// What an earlier result says of the same things.
struct agreement {
  std::string file{};
  std::size_t figures = 0;  // that both results have
  std::vector<disagreement> apart{};
};

// All of it. A value.
struct report {
  machine hardware;
  std::string fingerprint{};
  bool quick = false;
  std::size_t rounds = 0;
  double seconds = 0;
  conditions circumstances{};
  std::vector<part_report> parts{};
  std::vector<verdict> verdicts{};
  std::optional<agreement> compared{};  // where an earlier result was given

  // nullptr where the part was not asked for.
  const part_report* find(part what) const noexcept;
};

}  // namespace nearmem::measure
