#include "examples/fullnode/coins_cache.hpp"

#include <nearmem/accounting/dynamic_usage.hpp>

namespace nearmem::fullnode {

coins_cache::coins_cache(std::pmr::memory_resource& memory, std::uint64_t salt)
    : coins_(0, outpoint_hash(salt), std::equal_to<outpoint>(), &memory) {}

coins_cache::change coins_cache::connect(const transaction& confirmed, std::uint32_t height) {
  change made;
  bool from_coinbase = confirmed.is_coinbase();
  if (!from_coinbase) {
    for (const transaction_input& input : confirmed.inputs) {
      if (auto at = coins_.find(input.spends); at != coins_.end()) {
        erase(at);
        ++made.spent;
      } else {
        ++made.missing;
      }
    }
  }
  outpoint point{confirmed.id, 0};
  for (const transaction_output& output : confirmed.outputs) {
    if (is_unspendable(output.script)) {
      ++made.unspendable;
    } else {
      if (auto at = coins_.find(point); at != coins_.end()) erase(at);
      auto [at, is_new] = coins_.try_emplace(point, output, height, from_coinbase);
      script_bytes_ += nearmem::dynamic_usage(at->second);
      ++made.added;
    }
    ++point.index;
  }
  return made;
}

const coin* coins_cache::find(const outpoint& point) const {
  auto at = coins_.find(point);
  return at == coins_.end() ? nullptr : &at->second;
}

std::size_t coins_cache::dynamic_usage() const {
  return nearmem::dynamic_usage(coins_) + script_bytes_;
}

bool coins_cache::audit() const {
  for (const auto& [point, held] : coins_) {
    if (is_unspendable(held.script)) return false;
  }
  return dynamic_usage() == nearmem::recursive_dynamic_usage(coins_);
}

void coins_cache::erase(table::iterator at) {
  script_bytes_ -= nearmem::dynamic_usage(at->second);
  coins_.erase(at);
}

}  // namespace nearmem::fullnode
