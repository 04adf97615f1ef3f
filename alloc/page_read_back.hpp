#pragma once

#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/kernel.hpp>
#include <nearmem/alloc/page_request.hpp>
#include <nearmem/alloc/page_spread.hpp>
#include <nearmem/topology/node_id.hpp>
#include <nearmem/topology/node_set.hpp>

namespace nearmem {

// Where the kernel says that a run's pages lie.
enum class read_back : std::uint8_t {
  in_place,  // every page that is in memory lies on the node
  strayed,   // at least one lies elsewhere
  unknown,   // the kernel does not tell
};

// Asks the kernel for every page of a populated run. About 0.1 us a page. Thread rule: any.
read_back read_back_run(kernel& calls, page_run run, node_id node) noexcept;

// The nodes that lack a page of an interleaved run that belongs there; none where the kernel does
// not tell.
node_set nodes_without_their_pages(kernel& calls, page_run run, const page_spread& spread) noexcept;

// The node of one populated page, or `otherwise` where the kernel does not tell.
node_id node_of_page(kernel& calls, const void* page, node_id otherwise) noexcept;

}  // namespace nearmem
