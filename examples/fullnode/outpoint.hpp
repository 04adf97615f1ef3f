#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

#include "examples/fullnode/hash256.hpp"

namespace nearmem::fullnode {

// One output of one transaction: what an input spends and what a coin is found by.
struct outpoint {
  hash256 transaction;
  std::uint32_t index = 0;

  friend auto operator<=>(const outpoint&, const outpoint&) = default;
};

// A coinbase's only input spends this, which is no output of anything.
inline constexpr outpoint no_outpoint{{}, 0xffff'ffff};

// Transaction ids are hashes already, so eight of their bytes and a salt make a table's hash. The
// salt is a table's own: whoever mines ids that collide in one process misses every other.
class outpoint_hash {
 public:
  explicit outpoint_hash(std::uint64_t salt = 0) noexcept : salt_(salt) {}

  std::size_t operator()(const outpoint& point) const noexcept {
    return mix((*this)(point.transaction) + point.index);
  }
  std::size_t operator()(const hash256& transaction) const noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, transaction.bytes.data(), sizeof word);
    return mix(word ^ salt_);
  }

 private:
  // The finalizer of MurmurHash3 (public domain): every bit of the argument reaches every bit.
  static std::uint64_t mix(std::uint64_t word) noexcept {
    word ^= word >> 33;
    word *= 0xff51'afd7'ed55'8ccd;
    word ^= word >> 33;
    word *= 0xc4ce'b9fe'1a85'ec53;
    word ^= word >> 33;
    return word;
  }

  std::uint64_t salt_;
};

}  // namespace nearmem::fullnode

template <>
struct nearmem::dynamic_usage_traits<nearmem::fullnode::hash256> : nearmem::owns_no_heap {};
template <>
struct nearmem::dynamic_usage_traits<nearmem::fullnode::outpoint> : nearmem::owns_no_heap {};
