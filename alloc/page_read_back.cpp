#include <algorithm>
#include <array>
#include <span>

#include <nearmem/alloc/page_read_back.hpp>

namespace nearmem {
namespace {

// Calls visit(page, node or negative errno) for the pages of a run until it returns false; false if
// the kernel does not tell.
template <class Visit>
bool locate_each(kernel& calls, page_run run, Visit visit) noexcept {
  constexpr std::size_t batch = 256;
  std::array<void*, batch> pages{};
  std::array<int, batch> nodes{};
  const std::size_t page_bytes = calls.page_bytes();
  for (std::size_t at = 0; at < run.bytes;) {
    const std::size_t count = std::min(batch, (run.bytes - at) / page_bytes);
    for (std::size_t i = 0; i < count; ++i, at += page_bytes)
      pages[i] = run.data + at;
    if (calls.locate(std::span(pages.data(), count), std::span(nodes.data(), count)) != 0) {
      return false;
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (!visit(pages[i], nodes[i])) return true;
    }
  }
  return true;
}

// Negative: not in memory any more (reclaimed at once), hence nowhere, hence not astray.
bool is_astray(int lies, node_id belongs) noexcept {
  return lies >= 0 && lies != static_cast<int>(to_number(belongs));
}

}  // namespace

read_back read_back_run(kernel& calls, page_run run, node_id node) noexcept {
  read_back seen = read_back::in_place;
  const bool told = locate_each(calls, run, [&](const void*, int lies) noexcept {
    if (is_astray(lies, node)) seen = read_back::strayed;
    return seen == read_back::in_place;
  });
  return told ? seen : read_back::unknown;
}

node_set nodes_without_their_pages(kernel& calls, page_run run,
                                   const page_spread& spread) noexcept {
  node_set without;
  locate_each(calls, run, [&](const void* page, int lies) noexcept {
    const node_id belongs = spread.node_of(page);
    if (is_astray(lies, belongs)) without.insert(belongs);
    return true;
  });
  return without;
}

node_id node_of_page(kernel& calls, const void* page, node_id otherwise) noexcept {
  void* const pages[] = {const_cast<void*>(page)};
  int nodes[] = {-1};
  if (calls.locate(pages, nodes) != 0 || nodes[0] < 0) return otherwise;
  return node_id{static_cast<std::uint32_t>(nodes[0])};
}

}  // namespace nearmem
