#pragma once

#include <string>

#include "tools/measure/report.hpp"

namespace nearmem::measure {

// The version of docs/measure.schema.json, raised with every change of its keys.
inline constexpr int json_version = 2;

// A report as JSON of docs/measure.schema.json, with a last newline. What has no value has no key.
std::string to_json(const report& measured);

}  // namespace nearmem::measure
