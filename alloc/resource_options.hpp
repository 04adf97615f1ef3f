#pragma once

#include <cstddef>
#include <string>

#include <nearmem/topology/placement.hpp>

namespace nearmem {

class budget;
class page_source;

// How a resource is made; immutable afterwards.
struct resource_options {
  std::string name{};                 // shown in statistics; unnamed resources are not listed
  placement where{};                  // local unless asked otherwise
  nearmem::budget* budget = nullptr;  // charged per run of pages; must outlive the resource
  bool huge_pages = false;            // whole chunks, opened to huge pages
  std::size_t cell_alignment = 0;     // 0: the resource's own default; else a power of two <= 4096
  page_source* pages = nullptr;       // nullptr: page_source::process()
};

}  // namespace nearmem
