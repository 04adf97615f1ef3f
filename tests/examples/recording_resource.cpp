#include "tests/examples/recording_resource.hpp"

#include <algorithm>
#include <new>

namespace nearmem {

resource_usage recording_resource::usage() const noexcept {
  resource_usage held;
  held.charged = charged_;
  held.footprint = charged_;
  held.peak_footprint = peak_;
  held.blocks = blocks_;
  return held;
}

node_usage recording_resource::usage(node_id node) const noexcept {
  node_usage held;
  if (node == node_id{0}) held.footprint = charged_;
  return held;
}

void* recording_resource::do_allocate(std::size_t bytes, std::size_t alignment) {
  largest_request_ = std::max(largest_request_, bytes);
  if (left_until_failure_ != 0 && --left_until_failure_ == 0) throw std::bad_alloc();
  void* block = ::operator new(bytes, std::align_val_t(alignment));
  charged_ += charge_for(bytes, alignment);
  peak_ = std::max(peak_, charged_);
  ++blocks_;
  return block;
}

void recording_resource::do_deallocate(void* block, std::size_t bytes, std::size_t alignment) {
  ::operator delete(block, bytes, std::align_val_t(alignment));
  charged_ -= charge_for(bytes, alignment);
  --blocks_;
}

}  // namespace nearmem
