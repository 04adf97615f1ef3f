#pragma once

#include <cstdint>

#include "examples/fullnode/outpoint.hpp"
#include "examples/fullnode/transaction.hpp"

namespace nearmem::fullnode {

// A private transaction does not say which output it spends: it shows a key image, which each
// output has but one of. The node keeps those it has seen, as spent outpoints of their own index,
// and looks for no coin. Amounts are hidden, so the fee stands open, in lock_time.
inline constexpr std::uint32_t key_image_version = 0x100;
inline constexpr std::uint32_t key_image_index = 0xffff'fffe;

inline bool shows_key_images(const transaction& x) noexcept {
  return x.version == key_image_version;
}
inline bool is_key_image(const outpoint& point) noexcept {
  return point.index == key_image_index;
}

}  // namespace nearmem::fullnode
