#include <new>

#include <nearmem/alloc/node_descriptors.hpp>

namespace nearmem {

page_descriptors& node_descriptors::of(std::size_t position, std::size_t nodes) noexcept {
  if (first_position_ == nobody) first_position_ = position;
  if (position == first_position_ || position >= nodes) return first_;
  if (others_ == nullptr) others_.reset(new (std::nothrow) page_descriptors[nodes]);
  return others_ == nullptr ? first_ : others_[position];
}

void* node_descriptors::make(descriptor_pages& pages, std::size_t position, std::size_t nodes,
                             std::size_t bytes, page_grant& why) noexcept {
  return of(position, nodes).make(pages, bytes, why);
}

}  // namespace nearmem
