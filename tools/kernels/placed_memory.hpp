#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem::measure {

// Populated memory that lies on one node for certain, or the reason why there is none: bound to it
// and read back by the page source; where a machine has only one node, all memory is on it.
//
// Invariant: where refusal() is empty, data() is all of it and every page lay on the node.
// Thread rule: one owner.
class placed_memory {
 public:
  // `huge_pages` opens it to huge pages; the kernel may still give small ones, see
  // huge_page_share().
  placed_memory(page_source& pages, node_id node, std::size_t bytes, bool huge_pages);
  ~placed_memory();
  placed_memory(const placed_memory&) = delete;
  placed_memory& operator=(const placed_memory&) = delete;

  // Empty if there is memory; else one line.
  const std::string& refusal() const noexcept { return refusal_; }
  // The bytes that were asked for, on whole pages.
  std::span<std::byte> data() const noexcept { return {run_.data, bytes_}; }
  // How much of it lies in huge pages, from 0 to 1, by the kernel's word; 0 where it does not say.
  double huge_page_share() const;

 private:
  page_source& pages_;
  page_run run_;
  std::size_t bytes_ = 0;
  std::string refusal_;
};

}  // namespace nearmem::measure
