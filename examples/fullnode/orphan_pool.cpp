#include "examples/fullnode/orphan_pool.hpp"

#include <algorithm>
#include <functional>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/accounting/third_party/boost_multi_index.hpp>

#include "examples/fullnode/copied_usage.hpp"
#include "examples/fullnode/recursive_modelled_usage.hpp"

namespace nearmem::fullnode {
namespace {

orphan_pool::table::ctor_args_list arguments(std::uint64_t salt) {
  using key = boost::multi_index::const_mem_fun<orphan, const hash256&, &orphan::id>;
  using of_all = orphan_pool::table::ctor_args_list;
  using of_ordered = of_all::tail_type;
  return of_all({std::size_t{0}, key(), outpoint_hash(salt), std::equal_to<const hash256>()},
                of_ordered({boost::multi_index::identity<orphan>(), by_peer_and_age()},
                           of_ordered::tail_type()));
}

// The transactions that an orphan spends from, each once.
std::vector<hash256> parents_of(const transaction& x) {
  std::vector<hash256> parents;
  for (const transaction_input& input : x.inputs)
    parents.push_back(input.spends.transaction);
  std::ranges::sort(parents);
  parents.erase(std::ranges::unique(parents).begin(), parents.end());
  return parents;
}

}  // namespace

orphan_pool::orphan_pool(const component_options& options, const rules& how)
    : memory_(options),
      rules_(how),
      waiting_(arguments(how.salt), &memory_.resource()),
      by_parent_(0, outpoint_hash(how.salt), std::equal_to<hash256>(), &memory_.resource()),
      peer_bytes_(how.peers, &memory_.resource()) {
  memory_.budget().set_reclaim([this](std::size_t bytes, std::optional<node_id>) {
    evict(bytes);
    memory_.trim();
  });
}

bool orphan_pool::enter(const transaction& arrived, std::size_t peer, std::uint64_t arrival) {
  if (contains(arrived.id)) return false;
  const std::size_t content = copied_usage(arrived, memory_.resource());
  if (rules_.peer_limit != 0) {
    if (content > rules_.peer_limit) return false;
    make_peer_room(peer, content);
  }
  const std::size_t bytes = content + incremental_dynamic_usage(waiting_) +
                            arrived.inputs.size() * incremental_dynamic_usage(by_parent_);
  return memory_.insert(bytes, [&] { insert(arrived, peer, arrival); });
}

void orphan_pool::insert(const transaction& arrived, std::size_t peer, std::uint64_t arrival) {
  const auto [at, is_new] =
      waiting_.emplace(arrived, peer, arrival, node_allocator(&memory_.resource()));
  try {
    for (const hash256& parent : parents_of(arrived))
      by_parent_.emplace(parent, &*at);
  } catch (...) {
    unlink(at);
    waiting_.erase(at);
    throw;
  }
  const std::size_t content = recursive_dynamic_usage(at->content);
  content_bytes_ += content;
  peer_bytes_[peer] += content;
  content_model_ += recursive_modelled_usage(at->content);
}

void orphan_pool::make_peer_room(std::size_t peer, std::size_t bytes) {
  auto& by_peer = waiting_.get<of_peer>();
  while (peer_bytes_[peer] + bytes > rules_.peer_limit) {
    remove(waiting_.project<of_id>(by_peer.lower_bound(peer, by_peer_and_age())));
    ++evictions_.full;
  }
}

std::vector<const orphan*> orphan_pool::children_of(const hash256& parent) const {
  std::vector<const orphan*> children;
  const auto [first, last] = by_parent_.equal_range(parent);
  for (auto at = first; at != last; ++at)
    children.push_back(at->second);
  return children;
}

bool orphan_pool::release(const hash256& id) {
  const auto at = waiting_.find(id);
  if (at == waiting_.end()) return false;
  remove(at);
  ++evictions_.spent;
  return true;
}

std::size_t orphan_pool::expire(std::uint64_t before) {
  const auto& by_age = waiting_.get<of_age>();
  const std::uint64_t counted = evictions_.age;
  while (!by_age.empty() && by_age.front().arrival < before) {
    remove(waiting_.project<of_id>(by_age.begin()));
    ++evictions_.age;
  }
  if (evictions_.age != counted) memory_.trim();
  return evictions_.age - counted;
}

void orphan_pool::evict(std::size_t bytes) {
  const std::size_t before = dynamic_usage();
  const std::size_t goal = before - std::min(bytes, before);
  while (!waiting_.empty() && dynamic_usage() > goal) {
    remove(waiting_.project<of_id>(waiting_.get<of_age>().begin()));
    ++evictions_.full;
  }
}

void orphan_pool::remove(entry at) {
  const std::size_t content = recursive_dynamic_usage(at->content);
  content_bytes_ -= content;
  peer_bytes_[at->peer] -= content;
  content_model_ -= recursive_modelled_usage(at->content);
  unlink(at);
  waiting_.erase(at);
}

void orphan_pool::unlink(entry at) {
  for (const transaction_input& input : at->content.inputs) {
    auto [first, last] = by_parent_.equal_range(input.spends.transaction);
    first = std::find_if(first, last, [&](const auto& each) { return each.second == &*at; });
    if (first != last) by_parent_.erase(first);
  }
}

std::size_t orphan_pool::dynamic_usage() const {
  return nearmem::dynamic_usage(waiting_) + content_bytes_ + nearmem::dynamic_usage(by_parent_) +
         nearmem::dynamic_usage(peer_bytes_);
}

component_sample orphan_pool::sample() const {
  component_sample seen = memory_.sample();
  seen.owned = dynamic_usage();
  seen.modelled = modelled_usage(waiting_) + content_model_ + modelled_usage(by_parent_) +
                  modelled_usage(peer_bytes_);
  seen.objects = size();
  seen.evictions = evictions_;
  return seen;
}

bool orphan_pool::audit() const {
  std::vector<std::size_t> bytes(peer_bytes_.size());
  std::size_t links = 0;
  for (const orphan& each : waiting_) {
    bytes[each.peer] += recursive_dynamic_usage(each.content);
    for (const hash256& parent : parents_of(each.content)) {
      const auto children = children_of(parent);
      if (std::ranges::count(children, &each) != 1) return false;
      ++links;
    }
  }
  if (links != by_parent_.size() || !std::ranges::equal(bytes, peer_bytes_)) return false;
  if (rules_.peer_limit != 0 &&
      std::ranges::any_of(bytes, [this](std::size_t each) { return each > rules_.peer_limit; })) {
    return false;
  }
  return dynamic_usage() == recursive_dynamic_usage(waiting_) + nearmem::dynamic_usage(by_parent_) +
                                nearmem::dynamic_usage(peer_bytes_) &&
         dynamic_usage() == memory_.usage().charged;
}

}  // namespace nearmem::fullnode
