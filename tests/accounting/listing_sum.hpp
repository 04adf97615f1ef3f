#pragma once

#include <cstddef>
#include <map>
#include <utility>

#include <nearmem/accounting/block_charge.hpp>

#include "tests/accounting/recording_resource.hpp"

namespace nearmem {

// How many blocks there are of each shape.
using block_histogram = std::map<std::pair<std::size_t, std::size_t>, std::size_t>;

// A sum that lists the blocks that dynamic_usage_traits tell, so that a test can hold each shape to
// what a recording resource saw, not only their total.
class listing_sum {
 public:
  struct anywhere {};

  template <class Owner>
  anywhere memory(const Owner&) const noexcept {
    return {};
  }
  void add(anywhere, block_shape block, std::size_t count = 1) {
    if (block.bytes != 0 && count != 0) blocks_[{block.bytes, block.alignment}] += count;
  }
  template <class AddBlocks>
  void add_shared(const void*, AddBlocks add_blocks) {
    add_blocks(*this);
  }

  const block_histogram& blocks() const noexcept { return blocks_; }

 private:
  block_histogram blocks_;
};

inline block_histogram histogram_of(const recording_resource& resource) {
  block_histogram blocks;
  for (const auto& [address, shape] : resource.blocks())
    ++blocks[{shape.bytes, shape.alignment}];
  return blocks;
}

}  // namespace nearmem
