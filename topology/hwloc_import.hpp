#pragma once

#include <string>
#include <string_view>

#include <nearmem/topology/machine_description.hpp>

namespace nearmem {

// hwloc's topologies, read into descriptions. The only part of the library that knows hwloc.
// Private to topology/. All throw machine_error with a line that does not name the source (the
// caller does). Thread rule: any.

// The machine that this process runs on, cut to the nodes and CPUs that its cpuset leaves it.
machine_description import_live();

// hwloc's synthetic notation. Counts are checked before hwloc builds anything from them.
machine_description import_synthetic(std::string_view notation);

// The text of an XML file.
machine_description import_xml(std::string_view text);

// The XML of a description that came from one of these. With what was measured: latencies and
// bandwidths as hwloc's attributes of those names, in the place of the firmware's, so that other
// programs find them; and all of it as infos of the root, by which it is read back.
std::string export_xml(const machine_description& description,
                       const measurements* measured = nullptr);

}  // namespace nearmem
