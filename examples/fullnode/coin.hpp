#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

#include "examples/fullnode/transaction.hpp"

namespace nearmem::fullnode {

// An output that nothing has spent yet.
struct coin {
  using allocator_type = node_allocator;

  explicit coin(allocator_type memory) : script(memory) {}
  coin(const transaction_output& output, std::uint32_t at_height, bool of_coinbase,
       allocator_type memory)
      : value(output.value),
        height(at_height),
        from_coinbase(of_coinbase),
        script(output.script, memory) {}
  coin(coin&& other, allocator_type memory)
      : value(other.value),
        height(other.height),
        from_coinbase(other.from_coinbase),
        script(std::move(other.script), memory) {}
  coin(coin&& other) noexcept = default;

  std::int64_t value = 0;    // in satoshi
  std::uint32_t height = 0;  // of the block that made it, counted from the first block read
  bool from_coinbase = false;
  byte_string script;
};

// True if no input can ever spend an output with this script: it begins with OP_RETURN, or is
// longer than any that may run (Bitcoin Core, CScript::IsUnspendable). Such outputs never become
// coins.
inline bool is_unspendable(const byte_string& script) noexcept {
  constexpr std::byte op_return{0x6a};
  constexpr std::size_t most_script_bytes = 10'000;
  return (!script.empty() && script.front() == op_return) || script.size() > most_script_bytes;
}

}  // namespace nearmem::fullnode

template <>
struct nearmem::dynamic_usage_traits<nearmem::fullnode::coin> {
  static auto members(const nearmem::fullnode::coin& x) { return std::tie(x.script); }
};
