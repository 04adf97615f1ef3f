#pragma once

#include <string>

namespace nearmem::page {

// What a number on a page counts. Bytes are shown in binary units (KiB), rates of bytes in decimal
// ones (GB/s), as those who measure either do; times are given in the unit named and shown in the
// one that fits; a percentage of 12.5 is given as 12.5.
enum class unit { number, bytes, bytes_per_second, per_second, nanoseconds, seconds, percent };

// The value with its unit, in the largest unit that leaves at least 1: "1.25 GiB", "83.2 ns",
// "12,345", "4.1 ms". Three significant digits and all of the whole part; with a `step` as many as
// it takes to tell the value from one a step away, for the numbers along an axis. NaN is "–", the
// infinities "∞" and "−∞".
std::string show_value(double value, unit kind, double step = 0);

}  // namespace nearmem::page
