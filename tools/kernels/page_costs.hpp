#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <nearmem/alloc/kernel.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem::measure {

// What the kernel is made to do with fresh memory.
enum class page_work : std::uint8_t {
  first_touch,  // the first write to every page
  populate,     // all pages at once, by one call
  purge,        // all pages given back, by one call
  reuse,        // given back, and written to again
};

// "first_touch", "populate", "purge", "reuse".
std::string_view to_string(page_work what) noexcept;

// The kernel's work for memory, by the library's own calls, in address space of its own that
// prefers one node.
//
// Thread rule: one thread at a time.
class page_costs {
 public:
  // Throws std::bad_alloc where there is no address space. `calls` must outlive it; `bytes` are
  // rounded up to whole huge pages.
  page_costs(kernel& calls, node_id node, std::size_t bytes, bool huge_pages);
  ~page_costs();
  page_costs(const page_costs&) = delete;
  page_costs& operator=(const page_costs&) = delete;

  std::size_t bytes() const noexcept { return range_.bytes; }
  // Nanoseconds for every 4 KiB, whatever the size of the pages.
  double pass(page_work what);

 private:
  void touch() noexcept;

  kernel& calls_;
  reserved_range range_;
};

}  // namespace nearmem::measure
