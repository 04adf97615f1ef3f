#include "examples/fullnode/mempool.hpp"

#include <nearmem/accounting/dynamic_usage.hpp>

namespace nearmem::fullnode {

// fee / bytes, compared without a division: products of a fee and a transaction's size stay below
// 2^51 * 2^22, which a signed 64-bit number does not hold, and long double need not either.
bool by_fee_rate::operator()(const mempool_entry* a, const mempool_entry* b) const noexcept {
  __extension__ using wide = __int128;
  wide left = wide{a->fee} * b->content.serialized_bytes;
  wide right = wide{b->fee} * a->content.serialized_bytes;
  if (left != right) return left > right;
  return a->content.id < b->content.id;
}

mempool::mempool(std::pmr::memory_resource& memory, std::uint64_t salt)
    : by_id_(0, outpoint_hash(salt), std::equal_to<hash256>(), &memory),
      by_fee_rate_(&memory),
      by_age_(&memory) {}

bool mempool::enter(const transaction& arrived, std::int64_t fee) {
  auto [at, is_new] = by_id_.try_emplace(arrived.id, arrived, fee);
  if (!is_new) return false;
  mempool_entry* entry = &at->second;
  try {
    by_age_.push_back(entry);
    entry->age = std::prev(by_age_.end());
    by_fee_rate_.insert(entry);
  } catch (...) {
    if (!by_age_.empty() && by_age_.back() == entry) by_age_.pop_back();
    by_id_.erase(at);
    throw;
  }
  content_bytes_ += nearmem::recursive_dynamic_usage(entry->content);
  return true;
}

bool mempool::confirm(const hash256& id) {
  auto at = by_id_.find(id);
  if (at == by_id_.end()) return false;
  content_bytes_ -= nearmem::recursive_dynamic_usage(at->second.content);
  by_fee_rate_.erase(&at->second);
  by_age_.erase(at->second.age);
  by_id_.erase(at);
  return true;
}

const mempool_entry* mempool::find(const hash256& id) const {
  auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : &at->second;
}

std::size_t mempool::dynamic_usage() const {
  return nearmem::dynamic_usage(by_id_) + content_bytes_ + nearmem::dynamic_usage(by_fee_rate_) +
         nearmem::dynamic_usage(by_age_);
}

bool mempool::audit() const {
  if (by_fee_rate_.size() != by_id_.size() || by_age_.size() != by_id_.size()) return false;
  for (auto at = by_age_.begin(); at != by_age_.end(); ++at) {
    const mempool_entry* entry = *at;
    if (entry->age != at || find(entry->content.id) != entry) return false;
  }
  for (const mempool_entry* entry : by_fee_rate_) {
    if (find(entry->content.id) != entry) return false;
  }
  std::size_t walked = nearmem::recursive_dynamic_usage(by_id_) +
                       nearmem::dynamic_usage(by_fee_rate_) + nearmem::dynamic_usage(by_age_);
  return walked == dynamic_usage();
}

}  // namespace nearmem::fullnode
