#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tools/page/unit.hpp"

namespace nearmem::page {

// How values lie along an axis.
enum class scale { linear, log2, log10 };

struct range {
  double low = 0;
  double high = 1;
  bool operator==(const range&) const = default;
};

// One direction of a plot. Bounds that are not given are found from what is plotted.
struct axis {
  std::string label{};
  unit kind = unit::number;
  scale kept = scale::linear;
  std::optional<double> low{};
  std::optional<double> high{};
};

// True for a value that has a place on such an axis: finite, not beyond ±1e300 (whose differences
// would be infinite), and above 0 where the scale is logarithmic.
bool is_placeable(double value, scale kept) noexcept;

// The least and the greatest placeable value; nothing where there is none. O(values).
std::optional<range> range_of(std::span<const double> values, scale kept);

// The part of the axis to show: its own bounds where they are given and usable, else those of what
// is plotted; an empty range is widened, so that low < high always holds.
range shown_range(const axis& of, std::optional<range> plotted);

// Where to write numbers along an axis: ascending, inside the range or beyond its end by less than
// a millionth of what lies between two, round in the unit's own terms (powers of two of bytes, 1, 2
// and 5 of everything else, powers of the base where the scale is logarithmic and the range wide
// enough). At most `most`, at least one where a round number lies inside. Requires low < high, both
// placeable, and most >= 2.
std::vector<double> ticks(range shown, scale kept, unit kind, std::size_t most);

// The range with its ends moved outwards to where the next ticks would be, on a linear scale; as it
// is on a logarithmic one.
range rounded_out(range shown, scale kept, unit kind, std::size_t most);

}  // namespace nearmem::page
