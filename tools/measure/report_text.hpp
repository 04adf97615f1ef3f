#pragma once

#include <string>

#include "tools/measure/report.hpp"

namespace nearmem::measure {

// A report for a terminal: verdicts first, then what to beware of, then a table for each part.
// Every word is defined in docs/measure.md.
std::string to_text(const report& measured);

// "1.23", "85.3", "20300": three digits that mean something.
std::string show_number(double value);

// "latency, huge pages, 1 MiB, 0 to 1".
std::string show_name(part what, const row& of);

// "250 figures, 2 of which differ by more than the noise".
std::string show_agreement(const agreement& compared);

}  // namespace nearmem::measure
