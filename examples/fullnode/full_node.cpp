#include "examples/fullnode/full_node.hpp"

#include <algorithm>
#include <span>
#include <unordered_set>
#include <utility>

#include "examples/fullnode/budget_too_small.hpp"
#include "examples/fullnode/copied_usage.hpp"
#include "examples/fullnode/key_image.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::size_t coinbase_script_bytes = 25;
constexpr std::int64_t coinbase_output_value = 1'000'000'000;

std::size_t orphans_peer_limit(const node_config& config) {
  return config.orphans_peer_limit != 0 ? config.orphans_peer_limit
                                        : config.limit_of(part::orphans) / 10;
}

void fill_coinbase(transaction& made, std::uint32_t height, std::size_t outputs, sha256& hasher) {
  made.inputs.emplace_back().spends = no_outpoint;
  made.outputs.reserve(outputs);
  for (std::size_t i = 0; i < outputs; ++i) {
    transaction_output& output = made.outputs.emplace_back();
    output.value = coinbase_output_value;
    output.script.assign(coinbase_script_bytes, std::byte{0x76});
  }
  made.lock_time = height;
  made.id = hasher.double_hash(
      {std::as_bytes(std::span(&height, 1)), std::as_bytes(std::span(&outputs, 1))});
}

}  // namespace

full_node::full_node(const options& how)
    : options_(how),
      budget_("node", how.config.budget),
      database_(how.folder, how.kind == resource_kind::nearmem ? node_database::heap::trimmed
                                                               : node_database::heap::kept),
      mempool_(options_for(part::mempool), {how.config.mempool_most_transactions, how.salt}),
      orphans_(options_for(part::orphans),
               {how.config.peers, orphans_peer_limit(how.config), how.salt}),
      blocks_(options_for(part::blocks), how.config.blocks_kept),
      prefetch_(options_for(part::prefetch)),
      coins_(options_for(part::coins), database_, how.salt),
      memtable_(options_for(part::memtable), database_),
      peers_(options_for(part::peers), how.config.peers) {}

component_options full_node::options_for(part which) {
  component_options made;
  made.name = to_string(which);
  made.limit = options_.config.limit_of(which);
  made.parent = &budget_;
  made.kind = options_.kind;
  return made;
}

arrival full_node::arrive(const transaction& arrived, std::size_t peer) {
  ++arrivals_;
  if (mempool_.find(arrived.id) != nullptr || orphans_.contains(arrived.id)) {
    ++counts_.known;
    return arrival::turned_away;
  }
  std::int64_t fee = 0;
  switch (judge(arrived, fee)) {
    case verdict::conflict:
      ++counts_.conflicts;
      return arrival::turned_away;
    case verdict::orphan:
      if (orphans_.enter(arrived, peer, arrivals_)) {
        ++counts_.orphaned;
        return arrival::orphaned;
      }
      ++counts_.refused;
      return arrival::no_room;
    case verdict::good:
      break;
  }
  if (!admit(arrived, fee)) return arrival::no_room;
  adopt_children(arrived.id);
  return arrival::waits;
}

void full_node::expire() {
  const node_config& config = options_.config;
  if (arrivals_ > config.mempool_expires_after) {
    mempool_.expire(arrivals_ - config.mempool_expires_after);
  }
  if (arrivals_ > config.orphans_expire_after) {
    orphans_.expire(arrivals_ - config.orphans_expire_after);
  }
}

full_node::verdict full_node::judge(const transaction& arrived, std::int64_t& fee) {
  std::int64_t brought = 0;
  const bool is_private = shows_key_images(arrived);
  for (const transaction_input& input : arrived.inputs) {
    if (mempool_.spender_of(input.spends) != nullptr) return verdict::conflict;
    if (is_private) {
      if (coins_.find(input.spends) != nullptr) return verdict::conflict;
      continue;
    }
    const pooled_transaction* parent = mempool_.find(input.spends.transaction);
    if (parent != nullptr) {
      const auto& outputs = parent->content.outputs;
      if (input.spends.index >= outputs.size()) return verdict::conflict;
      const transaction_output& spent = outputs[input.spends.index];
      if (is_unspendable(spent.script)) return verdict::conflict;
      brought += spent.value;
    } else if (const coin* found = coins_.find(input.spends)) {
      brought += found->value;
    } else {
      return verdict::orphan;
    }
  }
  if (is_private) {
    fee = stated_fee(arrived);
    return verdict::good;
  }
  for (const transaction_output& output : arrived.outputs)
    brought -= output.value;
  fee = std::max<std::int64_t>(brought, 0);
  return verdict::good;
}

bool full_node::admit(const transaction& arrived, std::int64_t fee) {
  const std::uint64_t evicted = mempool_.evictions().full;
  switch (mempool_.enter(arrived, fee, arrivals_)) {
    case admission::admitted:
      break;
    case admission::known:
      ++counts_.known;
      return false;
    case admission::conflict:
      ++counts_.conflicts;
      return false;
    case admission::full:
      ++counts_.refused;
      return false;
  }
  // Room may have been made at the expense of what it spends.
  if (mempool_.evictions().full != evicted && !shows_key_images(arrived)) {
    for (const transaction_input& input : arrived.inputs) {
      if (mempool_.find(input.spends.transaction) != nullptr) continue;
      if (coins_.find(input.spends) != nullptr) continue;
      mempool_.drop(arrived.id);
      ++counts_.refused;
      return false;
    }
  }
  ++counts_.admitted;
  return true;
}

void full_node::adopt_children(const hash256& parent) {
  std::vector<hash256> parents{parent};
  while (!parents.empty()) {
    const hash256 next = parents.back();
    parents.pop_back();
    for (const orphan* child : orphans_.children_of(next)) {
      std::int64_t fee = 0;
      const verdict found = judge(child->content, fee);
      if (found == verdict::orphan) continue;
      const hash256 id = child->id();
      if (found == verdict::conflict) {
        ++counts_.conflicts;
      } else if (admit(child->content, fee)) {
        ++counts_.adopted;
        parents.push_back(id);
      }
      orphans_.release(id);
    }
  }
}

pooled_block* full_node::assemble(std::size_t transactions, std::size_t coinbase_outputs) {
  // Of the pool's budget as much as leaves room for what undoes it, and for those before it.
  const std::size_t most_bytes = blocks_.memory().budget().limit() / 4;
  std::size_t bytes = coinbase_outputs * 2 * sizeof(transaction_output);
  std::vector<const transaction*> chosen;
  std::unordered_set<hash256, outpoint_hash> seen;
  // Parents before children, whatever they pay.
  std::vector<const pooled_transaction*> wanted;
  for (const pooled_transaction& best : mempool_.by_fee_rate()) {
    if (chosen.size() >= transactions || bytes >= most_bytes) break;
    wanted.push_back(&best);
    while (!wanted.empty()) {
      const pooled_transaction* next = wanted.back();
      if (seen.contains(next->id())) {
        wanted.pop_back();
        continue;
      }
      const std::size_t before = wanted.size();
      for (const transaction_input& input : next->content.inputs) {
        const pooled_transaction* parent = mempool_.find(input.spends.transaction);
        if (parent != nullptr && !seen.contains(parent->id())) wanted.push_back(parent);
      }
      if (wanted.size() != before) continue;
      wanted.pop_back();
      seen.insert(next->id());
      chosen.push_back(&next->content);
      bytes += sizeof(transaction) + copied_usage(next->content, blocks_.memory().resource());
    }
  }
  sha256 hasher;
  return blocks_.receive(height_, bytes, [&](pooled_block& made) {
    made.content.header.time = height_;
    made.content.transactions.reserve(chosen.size() + 1);
    fill_coinbase(made.content.transactions.emplace_back(), height_, coinbase_outputs, hasher);
    for (const transaction* each : chosen)
      made.content.transactions.emplace_back(*each);
  });
}

pooled_block& full_node::receive(const serialized_block& stored, sha256& hasher) {
  pooled_block* received =
      blocks_.receive(height_, 2 * stored.bytes.size(), [&](pooled_block& made) {
        block parsed = parse(stored, hasher, made.memory.get());
        made.content.header = parsed.header;
        made.content.id = parsed.id;
        made.content.transactions.swap(parsed.transactions);
      });
  if (received == nullptr) throw budget_too_small("blocks", "one block");
  return *received;
}

void full_node::connect(pooled_block& next) {
  for (const transaction& each : next.content.transactions)
    connect(each, next);
  for (const transaction& each : next.content.transactions) {
    mempool_.confirm(each);
    orphans_.release(each.id);
    if (confirmed_) confirmed_(each);
  }
  mempool_.memory().trim();
  for (const transaction& each : next.content.transactions)
    adopt_children(each.id);
  counts_.confirmed += next.content.transactions.size();
  ++counts_.blocks;
  ++height_;
  blocks_.note_connected(next);
}

void full_node::connect(const transaction& next, pooled_block& within) {
  const bool from_coinbase = next.is_coinbase();
  const bool is_private = shows_key_images(next);
  std::size_t script_bytes = 0;
  for (const transaction_output& output : next.outputs)
    script_bytes += output.script.size();
  coins_.begin_change(next.inputs.size() + next.outputs.size(), script_bytes);
  if (is_private) {
    for (const transaction_input& input : next.inputs)
      coins_.add(input.spends, 0, {}, height_, false);
    return coins_.end_change();
  }
  for (const transaction_input& input : next.inputs) {
    if (from_coinbase) break;
    const bool was_there = coins_.spend(input.spends, [&](const coin& found) {
      const std::size_t bytes = sizeof(spent_coin) * 2 + found.script.size();
      const bool noted =
          blocks_.extend(bytes, [&] { within.spent.emplace_back(input.spends, found); });
      if (!noted) throw budget_too_small("blocks", "one block and what undoes it");
    });
    if (!was_there) ++counts_.coins_missing;
  }
  outpoint point{next.id, 0};
  for (const transaction_output& output : next.outputs) {
    if (!is_unspendable(output.script)) {
      coins_.add(point, output.value, output.script, height_, from_coinbase);
    }
    ++point.index;
  }
  coins_.end_change();
}

bool full_node::disconnect() {
  pooled_block* last = blocks_.newest();
  if (last == nullptr || !last->is_connected) return false;
  --height_;
  std::size_t left = last->spent.size();
  auto& transactions = last->content.transactions;
  for (auto each = transactions.rbegin(); each != transactions.rend(); ++each)
    disconnect(*each, *last, left);
  for (const transaction& each : transactions) {
    std::int64_t fee = 0;
    if (!each.is_coinbase() && judge(each, fee) == verdict::good && admit(each, fee)) continue;
    // It waits no more, so what spends it can never be confirmed.
    outpoint point{each.id, 0};
    for (; point.index < each.outputs.size(); ++point.index) {
      if (const auto* spender = mempool_.spender_of(point)) mempool_.drop(hash256(spender->id()));
    }
  }
  ++counts_.disconnected;
  blocks_.pop_newest();
  return true;
}

void full_node::disconnect(const transaction& last, pooled_block& within, std::size_t& left) {
  std::size_t script_bytes = 0;
  for (const transaction_input& input : last.inputs)
    script_bytes += input.script.size();
  coins_.begin_change(last.inputs.size() + last.outputs.size(), script_bytes);
  const auto forget = [](const coin&) {};
  if (shows_key_images(last)) {
    for (const transaction_input& input : last.inputs)
      coins_.spend(input.spends, forget);
    return coins_.end_change();
  }
  outpoint point{last.id, 0};
  for (; point.index < last.outputs.size(); ++point.index)
    coins_.spend(point, forget);
  for (auto input = last.inputs.rbegin(); input != last.inputs.rend(); ++input) {
    if (left == 0 || within.spent[left - 1].point != input->spends) continue;  // was missing
    const coin& was = within.spent[--left].content;
    coins_.add(input->spends, was.value, was.script, was.height, was.from_coinbase);
  }
  coins_.end_change();
}

component_memory& full_node::memory_of(part which) {
  switch (which) {
    case part::mempool:
      return mempool_.memory();
    case part::orphans:
      return orphans_.memory();
    case part::blocks:
      return blocks_.memory();
    case part::prefetch:
      return prefetch_.memory();
    case part::coins:
      return coins_.memory();
    case part::memtable:
      return memtable_.memory();
    case part::peers:
      break;
  }
  return peers_.memory();
}

std::vector<component_sample> full_node::sample() const {
  return {mempool_.sample(), orphans_.sample(),  blocks_.sample(), prefetch_.sample(),
          coins_.sample(),   memtable_.sample(), peers_.sample()};
}

bool full_node::audit() const {
  return mempool_.audit() && orphans_.audit() && coins_.audit() && memtable_.audit();
}

}  // namespace nearmem::fullnode
