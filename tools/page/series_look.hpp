#pragma once

#include <cstddef>
#include <string>

namespace nearmem::page {

// How the n-th series of a chart is told from the others: by its colour, and without colour by its
// dashes and its markers. Colours and markers repeat with different periods, so that 24 series all
// differ.
struct series_look {
  // The classes of its line, of its markers and of their whiskers.
  std::string line;
  std::string point;
  std::string whisker;
  std::size_t marker = 0;
};

series_look look_of(std::size_t series);

}  // namespace nearmem::page
