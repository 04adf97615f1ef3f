#pragma once

#include <span>
#include <string>

#include "examples/fullnode/run_options.hpp"
#include "examples/fullnode/run_result.hpp"

namespace nearmem::fullnode {

// The result of a run for people. docs/fullnode.md defines every word.
std::string to_table(const run_result& result, const run_options& options);

// What a comparison shows of one run.
struct compared_run {
  std::string resource;
  double transactions_per_second = 0;
  std::size_t charged = 0;    // at the end of the load, of all components
  std::size_t footprint = 0;  // the same
  std::size_t peak_footprint = 0;
  std::size_t peak_resident = 0;
  std::size_t idle_footprint = 0;  // when the node had let go of all it may
  std::size_t idle_resident = 0;
};

// Several runs of the same load, side by side.
std::string to_table(std::span<const compared_run> runs);

}  // namespace nearmem::fullnode
