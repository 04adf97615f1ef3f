#include "examples/fullnode/coins_store.hpp"

#include <cstring>
#include <string>
#include <utility>

#include <nearmem/accounting/dynamic_usage.hpp>

#include "examples/fullnode/budget_too_small.hpp"
#include "examples/fullnode/recursive_modelled_usage.hpp"

namespace nearmem::fullnode {
namespace {

// A coin's node with a usual script, about: what the bucket array is made for.
constexpr std::size_t usual_coin_bytes = 192;

// On disk: value, height, whether from a coinbase, script.
constexpr std::size_t head_bytes = 8 + 4 + 1;

std::string serialized(const coin& x) {
  std::string text(head_bytes, '\0');
  std::memcpy(text.data(), &x.value, 8);
  std::memcpy(text.data() + 8, &x.height, 4);
  text[12] = x.from_coinbase ? '\1' : '\0';
  text.append(reinterpret_cast<const char*>(x.script.data()), x.script.size());
  return text;
}

}  // namespace

coins_store::coins_store(const component_options& options, node_database& database,
                         std::uint64_t salt)
    : memory_(options),
      database_(database),
      cached_(options.limit / usual_coin_bytes, outpoint_hash(salt), std::equal_to<outpoint>(),
              &memory_.resource()),
      changes_(database.flushed().changes) {
  memory_.budget().set_reclaim([this](std::size_t, std::optional<node_id>) {
    if (!changing_) flush();
  });
}

const coin* coins_store::find(const outpoint& point) {
  if (const auto at = cached_.find(point); at != cached_.end()) {
    return at->second.spent ? nullptr : &at->second.content;
  }
  const std::optional<std::string> stored = database_.read_coin(point);
  if (!stored || stored->size() < head_bytes) return nullptr;
  std::int64_t value = 0;
  std::uint32_t height = 0;
  std::memcpy(&value, stored->data(), 8);
  std::memcpy(&height, stored->data() + 8, 4);
  const auto script = std::as_bytes(std::span(*stored)).subspan(head_bytes);
  return &insert(point, value, height, (*stored)[12] != '\0', script).content;
}

const coin* coins_store::find_cached(const outpoint& point) const {
  const auto at = cached_.find(point);
  return at == cached_.end() || at->second.spent ? nullptr : &at->second.content;
}

void coins_store::begin_change(std::size_t coins, std::size_t script_bytes) {
  const std::size_t bytes = coins * (usual_coin_bytes + incremental_dynamic_usage(cached_)) +
                            2 * script_bytes + memory_.budget().limit() / 16;
  if (!memory_.has_room(bytes)) flush();
  changing_ = true;
}

void coins_store::end_change() noexcept {
  changing_ = false;
  ++changes_;
}

void coins_store::add(const outpoint& point, std::int64_t value, std::span<const std::byte> script,
                      std::uint32_t height, bool from_coinbase) {
  // Two coinbases of 2010 had the ids of earlier ones, so theirs may be in the database.
  bool fresh = !from_coinbase;
  if (const auto at = cached_.find(point); at != cached_.end()) {
    fresh = at->second.fresh;
    erase(at);
  }
  cached_coin& added = insert(point, value, height, from_coinbase, script);
  added.dirty = true;
  added.fresh = fresh;
}

cached_coin& coins_store::insert(const outpoint& point, std::int64_t value, std::uint32_t height,
                                 bool from_coinbase, std::span<const std::byte> script) {
  cached_coin* made = nullptr;
  const std::size_t bytes =
      incremental_dynamic_usage(cached_) + memory_.resource().charge_for(script.size(), 1);
  const bool inserted = memory_.insert(bytes, [&] {
    made = &cached_.try_emplace(point, value, height, from_coinbase, script).first->second;
  });
  if (!inserted) throw budget_too_small(memory_.options().name, "the coins of one transaction");
  script_bytes_ += nearmem::dynamic_usage(made->content.script);
  script_model_ += modelled_usage(made->content.script);
  return *made;
}

void coins_store::mark_spent(const outpoint& point) {
  const auto at = cached_.find(point);
  ++evictions_.spent;
  if (at->second.fresh) return erase(at);
  cached_coin& held = at->second;
  script_bytes_ -= nearmem::dynamic_usage(held.content.script);
  script_model_ -= modelled_usage(held.content.script);
  byte_string(held.content.script.get_allocator()).swap(held.content.script);
  held.dirty = true;
  held.spent = true;
}

void coins_store::erase(table::iterator at) {
  script_bytes_ -= nearmem::dynamic_usage(at->second.content.script);
  script_model_ -= modelled_usage(at->second.content.script);
  cached_.erase(at);
}

void coins_store::flush() {
  node_database::coins_flush writing(database_);
  for (const auto& [point, held] : cached_) {
    if (!held.dirty) continue;
    if (held.spent) {
      writing.erase(point);
    } else {
      writing.write(point, serialized(held.content));
    }
  }
  writing.commit(changes_);
  evictions_.flushed += cached_.size();
  cached_.clear();
  script_bytes_ = 0;
  script_model_ = 0;
  memory_.trim();
}

std::size_t coins_store::dynamic_usage() const {
  return nearmem::dynamic_usage(cached_) + script_bytes_;
}

component_sample coins_store::sample() const {
  component_sample seen = memory_.sample();
  seen.owned = dynamic_usage();
  seen.modelled = modelled_usage(cached_) + script_model_;
  seen.objects = size();
  seen.evictions = evictions_;
  return seen;
}

bool coins_store::audit() const {
  for (const auto& [point, held] : cached_) {
    if ((held.fresh || held.spent) && !held.dirty) return false;
    if (held.fresh && held.spent) return false;
  }
  return dynamic_usage() == recursive_dynamic_usage(cached_) &&
         dynamic_usage() == memory_.usage().charged;
}

}  // namespace nearmem::fullnode
