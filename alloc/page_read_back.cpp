#include <algorithm>
#include <array>
#include <span>

#include <nearmem/alloc/page_read_back.hpp>

namespace nearmem {

read_back read_back_run(kernel& calls, page_run run, node_id node) noexcept {
  constexpr std::size_t batch = 256;
  std::array<void*, batch> pages{};
  std::array<int, batch> nodes{};
  const std::size_t page_bytes = calls.page_bytes();
  for (std::size_t at = 0; at < run.bytes;) {
    const std::size_t count = std::min(batch, (run.bytes - at) / page_bytes);
    for (std::size_t i = 0; i < count; ++i, at += page_bytes)
      pages[i] = run.data + at;
    if (calls.locate(std::span(pages.data(), count), std::span(nodes.data(), count)) != 0) {
      return read_back::unknown;
    }
    for (std::size_t i = 0; i < count; ++i) {
      // Negative: not in memory any more (reclaimed at once), hence nowhere, hence not astray.
      if (nodes[i] >= 0 && nodes[i] != static_cast<int>(to_number(node))) {
        return read_back::strayed;
      }
    }
  }
  return read_back::in_place;
}

node_id node_of_page(kernel& calls, const void* page, node_id otherwise) noexcept {
  void* const pages[] = {const_cast<void*>(page)};
  int nodes[] = {-1};
  if (calls.locate(pages, nodes) != 0 || nodes[0] < 0) return otherwise;
  return node_id{static_cast<std::uint32_t>(nodes[0])};
}

}  // namespace nearmem
