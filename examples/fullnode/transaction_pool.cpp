#include "examples/fullnode/transaction_pool.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/accounting/third_party/boost_multi_index.hpp>

#include "examples/fullnode/copied_usage.hpp"
#include "examples/fullnode/recursive_modelled_usage.hpp"

namespace nearmem::fullnode {
namespace {

// fee / bytes, compared without a division; the products need more than 64 bits.
int compare_rates(std::int64_t fee_a, std::uint32_t bytes_a, std::int64_t fee_b,
                  std::uint32_t bytes_b) noexcept {
  __extension__ using wide = __int128;
  const wide left = wide{fee_a} * bytes_b;
  const wide right = wide{fee_b} * bytes_a;
  return left == right ? 0 : (left > right ? 1 : -1);
}

transaction_pool::table::ctor_args_list arguments(std::uint64_t salt) {
  using key = boost::multi_index::const_mem_fun<pooled_transaction, const hash256&,
                                                &pooled_transaction::id>;
  using of_all = transaction_pool::table::ctor_args_list;
  using of_ordered = of_all::tail_type;
  return of_all({std::size_t{0}, key(), outpoint_hash(salt), std::equal_to<const hash256>()},
                of_ordered({boost::multi_index::identity<pooled_transaction>(), higher_fee_rate()},
                           of_ordered::tail_type()));
}

}  // namespace

bool higher_fee_rate::operator()(const pooled_transaction& a,
                                 const pooled_transaction& b) const noexcept {
  const int order =
      compare_rates(a.fee, a.content.serialized_bytes, b.fee, b.content.serialized_bytes);
  return order != 0 ? order > 0 : a.id() < b.id();
}

transaction_pool::transaction_pool(const component_options& options, const rules& how)
    : memory_(options),
      rules_(how),
      waiting_(arguments(how.salt), &memory_.resource()),
      spenders_(0, outpoint_hash(how.salt), std::equal_to<outpoint>(), &memory_.resource()) {
  memory_.budget().set_reclaim([this](std::size_t bytes, std::optional<node_id>) {
    evict(bytes);
    memory_.trim();
  });
}

admission transaction_pool::enter(const transaction& arrived, std::int64_t fee,
                                  std::uint64_t arrival) {
  if (find(arrived.id) != nullptr) return admission::known;
  for (const transaction_input& input : arrived.inputs) {
    if (spenders_.contains(input.spends)) return admission::conflict;
  }
  const bool too_many = rules_.most_transactions != 0 && size() >= rules_.most_transactions;
  const std::size_t bytes = copied_usage(arrived, memory_.resource()) +
                            incremental_dynamic_usage(waiting_) +
                            arrived.inputs.size() * incremental_dynamic_usage(spenders_);
  if ((too_many || !memory_.has_room(bytes)) && !pays_more_than_lowest(arrived, fee)) {
    return admission::full;
  }
  if (too_many) remove_with_spenders(by_fee_rate().rbegin()->id(), evictions_.full);
  bool spends_twice = false;
  const bool inserted =
      memory_.insert(bytes, [&] { spends_twice = !insert(arrived, fee, arrival); });
  if (spends_twice) return admission::conflict;
  return inserted ? admission::admitted : admission::full;
}

bool transaction_pool::pays_more_than_lowest(const transaction& arrived, std::int64_t fee) const {
  if (waiting_.empty()) return true;
  const pooled_transaction& lowest = *by_fee_rate().rbegin();
  return compare_rates(fee, arrived.serialized_bytes, lowest.fee, lowest.content.serialized_bytes) >
         0;
}

bool transaction_pool::insert(const transaction& arrived, std::int64_t fee, std::uint64_t arrival) {
  const auto [at, is_new] =
      waiting_.emplace(arrived, fee, arrival, node_allocator(&memory_.resource()));
  try {
    for (const transaction_input& input : at->content.inputs) {
      if (spenders_.emplace(input.spends, &*at).second) continue;
      remove(at);
      return false;
    }
  } catch (...) {
    remove(at);
    throw;
  }
  content_bytes_ += recursive_dynamic_usage(at->content);
  content_model_ += recursive_modelled_usage(at->content);
  return true;
}

void transaction_pool::confirm(const transaction& confirmed) {
  if (const auto at = waiting_.find(confirmed.id); at != waiting_.end()) {
    content_bytes_ -= recursive_dynamic_usage(at->content);
    content_model_ -= recursive_modelled_usage(at->content);
    remove(at);
    ++evictions_.spent;
  }
  for (const transaction_input& input : confirmed.inputs) {
    if (const pooled_transaction* other = spender_of(input.spends)) {
      remove_with_spenders(other->id(), evictions_.spent);
    }
  }
}

void transaction_pool::drop(const hash256& id) {
  remove_with_spenders(id, evictions_.full);
}

std::size_t transaction_pool::expire(std::uint64_t before) {
  const auto& by_age = waiting_.get<of_age>();
  const std::uint64_t counted = evictions_.age;
  while (!by_age.empty() && by_age.front().arrival < before)
    remove_with_spenders(by_age.front().id(), evictions_.age);
  if (evictions_.age != counted) memory_.trim();
  return evictions_.age - counted;
}

void transaction_pool::evict(std::size_t bytes) {
  const std::size_t before = dynamic_usage();
  const std::size_t goal = before - std::min(bytes, before);
  while (!waiting_.empty() && dynamic_usage() > goal)
    remove_with_spenders(by_fee_rate().rbegin()->id(), evictions_.full);
}

void transaction_pool::remove_with_spenders(const hash256& id, std::uint64_t& reason) {
  std::vector<hash256> going{id};
  while (!going.empty()) {
    const auto at = waiting_.find(going.back());
    going.pop_back();
    if (at == waiting_.end()) continue;
    outpoint made{at->id(), 0};
    for (; made.index < at->content.outputs.size(); ++made.index) {
      if (const pooled_transaction* child = spender_of(made)) going.push_back(child->id());
    }
    if (evicted_) evicted_(at->content);
    content_bytes_ -= recursive_dynamic_usage(at->content);
    content_model_ -= recursive_modelled_usage(at->content);
    remove(at);
    ++reason;
  }
}

void transaction_pool::remove(entry at) {
  for (const transaction_input& input : at->content.inputs) {
    const auto spender = spenders_.find(input.spends);
    if (spender != spenders_.end() && spender->second == &*at) spenders_.erase(spender);
  }
  waiting_.erase(at);
}

const pooled_transaction* transaction_pool::find(const hash256& id) const {
  const auto at = waiting_.find(id);
  return at == waiting_.end() ? nullptr : &*at;
}

const pooled_transaction* transaction_pool::spender_of(const outpoint& point) const {
  const auto at = spenders_.find(point);
  return at == spenders_.end() ? nullptr : at->second;
}

std::size_t transaction_pool::dynamic_usage() const {
  return nearmem::dynamic_usage(waiting_) + content_bytes_ + nearmem::dynamic_usage(spenders_);
}

component_sample transaction_pool::sample() const {
  component_sample seen = memory_.sample();
  seen.owned = dynamic_usage();
  seen.modelled = modelled_usage(waiting_) + content_model_ + modelled_usage(spenders_);
  seen.objects = size();
  seen.evictions = evictions_;
  return seen;
}

bool transaction_pool::audit() const {
  std::size_t inputs = 0;
  for (const pooled_transaction& each : waiting_) {
    inputs += each.content.inputs.size();
    for (const transaction_input& input : each.content.inputs) {
      if (spender_of(input.spends) != &each) return false;
    }
  }
  return inputs == spenders_.size() &&
         dynamic_usage() == recursive_dynamic_usage(waiting_) + nearmem::dynamic_usage(spenders_) &&
         dynamic_usage() == memory_.usage().charged;
}

}  // namespace nearmem::fullnode
