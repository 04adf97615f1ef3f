#pragma once

#include <string>

#include "tools/doctor_report.hpp"

namespace nearmem::tools {

// The report for programs: one JSON object and a newline. docs/doctor.md defines every key.
std::string to_json(const doctor_report& report);

}  // namespace nearmem::tools
