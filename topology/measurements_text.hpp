#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nearmem/topology/measurements.hpp>

namespace nearmem {

// How measurements are kept in a topology's XML: as <info> of its root, with names that begin with
// "nearmem.", and a check sum over all of them.
//
//   nearmem.version             1
//   nearmem.fingerprint         of the hardware
//   nearmem.latency             FROM:TO:NANOSECONDS ...
//   nearmem.bandwidth           FROM:TO:MIB_PER_SECOND ...
//   nearmem.noise_percent       of latencies
//   nearmem.line_bytes          or nothing
//   nearmem.interference_bytes  or nothing
//   nearmem.check_sum           of all these
//
// Private to topology/.
using info_list = std::vector<std::pair<std::string, std::string>>;

// Names and values, in the order above.
info_list write_measurements(const measurements& measured);

// True if the text has any.
bool holds_measurements(std::string_view xml);

// The same text without them.
std::string without_measurements_in(std::string_view xml);

// Reads them back. Throws machine_error with one line that does not name the source: where there
// are none, where they are of another version or where anything was changed or lost.
measurements read_measurements(std::string_view xml);

}  // namespace nearmem
