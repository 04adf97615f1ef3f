#pragma once

#include <cstddef>
#include <memory>

#include <nearmem/alloc/page_descriptors.hpp>

namespace nearmem {

// The descriptors of one account, by the node that they are wanted on, so that those that a thread
// works with lie beside it and share no page with those of other nodes.
//
//   first_    of the node that asked first, which for most accounts is the only one
//   others_   of every node of the machine; made when a second node asks
//
// Where there is no memory for others_, the first serves all. Thread rule: one owner.
class node_descriptors {
 public:
  node_descriptors() noexcept = default;
  node_descriptors(const node_descriptors&) = delete;
  node_descriptors& operator=(const node_descriptors&) = delete;

  // As page_descriptors::make(), with the position of the wanted node among `nodes` nodes.
  void* make(descriptor_pages& pages, std::size_t position, std::size_t nodes, std::size_t bytes,
             page_grant& why) noexcept;

 private:
  page_descriptors& of(std::size_t position, std::size_t nodes) noexcept;

  static constexpr std::size_t nobody = ~std::size_t{0};
  page_descriptors first_;
  std::size_t first_position_ = nobody;
  std::unique_ptr<page_descriptors[]> others_;
};

}  // namespace nearmem
