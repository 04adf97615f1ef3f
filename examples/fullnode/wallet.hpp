#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "examples/fullnode/outpoint.hpp"

namespace nearmem::fullnode {

// Coins that those who make transactions may spend: a bounded bag. What does not fit is never
// spent. Its memory is the makers', on the ordinary heap, all of it taken at once.
//
// Thread rule: any.
class wallet {
 public:
  struct owned_coin {
    outpoint point;
    std::int64_t value = 0;
  };

  explicit wallet(std::size_t most_coins) : most_(most_coins) { coins_.reserve(most_coins); }

  void put(const owned_coin& coin) {
    const std::lock_guard lock(mutex_);
    if (coins_.size() < most_) coins_.push_back(coin);
  }
  // Takes up to `count` out, chosen by `dice`, and adds them to `into`.
  void take(std::size_t count, std::uint64_t dice, std::vector<owned_coin>& into) {
    const std::lock_guard lock(mutex_);
    for (; count > 0 && !coins_.empty(); --count) {
      owned_coin& chosen = coins_[dice % coins_.size()];
      into.push_back(chosen);
      chosen = coins_.back();
      coins_.pop_back();
      dice = dice * 6'364'136'223'846'793'005U + 1;
    }
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return coins_.size();
  }
  std::size_t most() const noexcept { return most_; }

 private:
  mutable std::mutex mutex_;
  std::size_t most_;
  std::vector<owned_coin> coins_;
};

}  // namespace nearmem::fullnode
