#pragma once

#include <algorithm>
#include <cstdint>

#include "examples/fullnode/outpoint.hpp"
#include "examples/fullnode/transaction.hpp"

namespace nearmem::fullnode {

// A private transaction does not say which output it spends: it shows a key image, which each
// output has but one of. The node keeps those it has seen, as spent outpoints of their own index,
// and looks for no coin. Amounts are hidden, so the fee stands open, as the value of an output of
// its own that pays nobody: its script is empty, as that of a fee in Elements is.
inline constexpr std::uint32_t key_image_version = 0x100;
inline constexpr std::uint32_t key_image_index = 0xffff'fffe;

inline bool shows_key_images(const transaction& x) noexcept {
  return x.version == key_image_version;
}
// Of a transaction that shows key images, in satoshi; 0 where it states none, or a negative one.
inline std::int64_t stated_fee(const transaction& x) noexcept {
  for (const transaction_output& output : x.outputs) {
    if (output.script.empty()) return std::max<std::int64_t>(output.value, 0);
  }
  return 0;
}
inline bool is_key_image(const outpoint& point) noexcept {
  return point.index == key_image_index;
}

}  // namespace nearmem::fullnode
