#include "tools/kernels/placed_memory.hpp"

#include <string_view>

#include <nearmem/topology/address_range.hpp>
#include <nearmem/topology/procfs.hpp>

namespace nearmem::measure {

placed_memory::placed_memory(page_source& pages, node_id node, std::size_t bytes, bool huge_pages)
    : pages_(pages) {
  const bool only_one = pages.hardware().nodes().size() == 1;
  page_grant grant = pages.acquire({.bytes = bytes,
                                    .alignment = page_source::chunk_bytes,
                                    .where = only_one ? placement::local() : placement::bind(node),
                                    .huge_pages = huge_pages});
  if (grant.failure == page_failure::none) {
    run_ = grant.run;
    bytes_ = bytes;
    return;
  }
  refusal_ = "no memory on node " + std::to_string(to_number(node)) + ": " +
             std::string(grant.failure == page_failure::bind_refused ? to_string(grant.outcome)
                                                                     : to_string(grant.failure));
}

placed_memory::~placed_memory() {
  if (run_) pages_.release(run_);
}

double placed_memory::huge_page_share() const {
  if (!run_) return 0;
  const address_range range{run_.data, run_.bytes};
  const std::size_t huge = huge_page_bytes({&range, 1}).value_or(0);
  return static_cast<double>(huge) / static_cast<double>(run_.bytes);
}

}  // namespace nearmem::measure
