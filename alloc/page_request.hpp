#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/topology/binding_outcome.hpp>
#include <nearmem/topology/node_id.hpp>
#include <nearmem/topology/placement.hpp>

namespace nearmem {

// A request of more is refused before sums of it can wrap: no address space holds so much.
inline constexpr std::size_t most_request_bytes = SIZE_MAX / 4;

// Whole pages in a row, of one source. A null run is "none".
struct page_run {
  std::byte* data = nullptr;
  std::size_t bytes = 0;

  explicit operator bool() const noexcept { return data != nullptr; }
};

// What is asked of a page source.
struct page_request {
  std::size_t bytes = 0;      // rounded up to whole pages
  std::size_t alignment = 1;  // a power of two; at least a page is given, at most a chunk
  placement where{};
  bool huge_pages = false;  // rounded up to whole chunks, which are opened to huge pages
};

// Why no pages were given.
enum class page_failure : std::uint8_t {
  none,
  address_space,  // no room in any slot that serves the placement
  memory,         // the kernel would not populate, on any node that serves the placement
  bind_refused,   // placement::bind could not be honoured; the grant's outcome says why
  budget,         // a budget's hard limit
};

constexpr std::string_view to_string(page_failure failure) noexcept {
  switch (failure) {
    case page_failure::none:
      return "none";
    case page_failure::address_space:
      return "address_space";
    case page_failure::memory:
      return "memory";
    case page_failure::bind_refused:
      return "bind_refused";
    case page_failure::budget:
      return "budget";
  }
  return "none";
}

// What was given. Where `failure` is none, `run` is populated memory, all zero.
struct page_grant {
  page_run run{};
  node_id node{};    // where it lies; for interleave and first_touch, the node of the first page
  node_id wanted{};  // where it was wanted first; differs from `node` if it was spilled
  binding_outcome outcome = binding_outcome::first_touch;
  page_failure failure = page_failure::none;
  // Where a budget refused: who did, and what must fit it, at once with the run for whose sake the
  // pages were asked for. For interleave and first_touch `node` is where a share was refused.
  budget::refusal refused{};
  std::size_t refused_bytes = 0;

  // Notes what another try would take besides, as it was given back or not yet asked for.
  void also_needs(std::size_t bytes) noexcept {
    if (failure == page_failure::budget) refused_bytes += bytes;
  }
};

}  // namespace nearmem
