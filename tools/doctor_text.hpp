#pragma once

#include <string>

#include "tools/doctor_report.hpp"

namespace nearmem::tools {

// The report for people: sections of tables. docs/doctor.md defines every word of it.
std::string to_text(const doctor_report& report);

}  // namespace nearmem::tools
