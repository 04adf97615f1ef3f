#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <string>

namespace nearmem::fullnode {

// The double SHA-256 of something: of a transaction, its id; of a header, the block's.
// A value, in the order in which the hash function gives its bytes.
struct hash256 {
  std::array<std::byte, 32> bytes{};

  friend auto operator<=>(const hash256&, const hash256&) = default;
};

// Hexadecimal as the Bitcoin world writes it: the last byte first.
std::string to_string(const hash256& hash);

}  // namespace nearmem::fullnode
