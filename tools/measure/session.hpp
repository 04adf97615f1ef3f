#pragma once

#include <functional>
#include <span>
#include <string>

#include "tools/measure/plan.hpp"
#include "tools/measure/report.hpp"

namespace nearmem::measure {

// Measures the parts that are asked for, all interleaved, and judges. The calling thread is moved
// from CPU to CPU meanwhile, and is where it was afterwards. `progress` is told the share that is
// done. Throws std::bad_alloc, std::system_error.
report run_session(const plan& with, std::span<const part> parts,
                   const std::function<void(double)>& progress);

}  // namespace nearmem::measure
