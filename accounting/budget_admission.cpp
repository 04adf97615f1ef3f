#include <algorithm>
#include <array>
#include <utility>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_hold.hpp>
#include <nearmem/accounting/budget_reclaimer.hpp>
#include <nearmem/accounting/budget_tree.hpp>
#include <nearmem/accounting/resource_registry.hpp>

namespace nearmem {
namespace {

struct candidate {
  const budget* one = nullptr;  // looked at under the tree's lock only, once found alive there
  std::shared_ptr<budget_reclaimer> reclaimer;
  std::size_t used = 0;
};

// Those of `top` and below it that have a callback, the largest user first.
class candidates {
 public:
  explicit candidates(budget& top) {
    const auto lock = budget_tree::acquire();
    budget_tree::visit(top, [this](budget& one) { add(one); });
  }
  auto begin() const noexcept { return list_.begin(); }
  auto end() const noexcept { return list_.begin() + static_cast<std::ptrdiff_t>(size_); }

 private:
  void add(budget& one) {
    if (budget_tree::reclaimer_of(one)->empty()) return;
    candidate now{&one, budget_tree::reclaimer_of(one), one.used()};
    // Parents come first and so stay before a child that uses as much.
    std::size_t place = size_;
    while (place > 0 && list_[place - 1].used < now.used)
      --place;
    if (place == list_.size()) return;
    if (size_ < list_.size()) ++size_;
    for (std::size_t i = size_ - 1; i > place; --i)
      list_[i] = std::move(list_[i - 1]);
    list_[place] = std::move(now);
  }

  std::array<candidate, 64> list_;
  std::size_t size_ = 0;
};

}  // namespace

// What stands in the way of one charge by this thread.
budget::shortage budget::missing(std::size_t bytes, std::optional<node_id> node) const noexcept {
  shortage most;
  std::size_t fresh = bytes;
  for (const budget* at = this; at != nullptr; at = at->parent_) {
    if (bytes > at->limit_ || (node && bytes > at->node_limit(*node))) return {bytes, node, true};
    fresh -= budget_hold::payable(*at, fresh);
    const std::size_t room = at->limit_ - at->used();
    if (fresh > room && fresh - room > most.bytes) most = {fresh - room, std::nullopt};
    if (!node) continue;
    const std::size_t on_node = at->used(*node);
    const std::size_t node_room = at->node_limit(*node) - std::min(on_node, at->node_limit(*node));
    if (bytes > node_room && bytes - node_room > most.bytes) most = {bytes - node_room, node};
  }
  return most;
}

// By how much this level is over its soft limit, or over a node's limit.
budget::shortage budget::own_excess() const noexcept {
  shortage most;
  const std::size_t now = used();
  const std::size_t soft = soft_limit();
  if (now > soft) most = {now - soft, std::nullopt};
  const std::uint32_t limited = limited_nodes_.load(std::memory_order_relaxed);
  for (std::uint32_t number = 0; number < limited; ++number) {
    const node_id node{number};
    const std::size_t on_node = used(node);
    const std::size_t limit = node_limit(node);
    if (on_node > limit && on_node - limit > most.bytes) most = {on_node - limit, node};
  }
  return most;
}

// The largest excess of this level and those above.
budget::shortage budget::excess() const noexcept {
  shortage most;
  for (const budget* at = this; at != nullptr; at = at->parent_) {
    if (const shortage here = at->own_excess(); here.bytes > most.bytes) most = here;
  }
  return most;
}

bool budget::is_settled() noexcept {
  if (excess().bytes != 0) return false;
  bool settled = true;
  const auto lock = budget_tree::acquire();
  budget_tree::visit(*this,
                     [&](const budget& one) { settled = settled && one.own_excess().bytes == 0; });
  return settled;
}

// Asks every candidate for what `wanted_of` says when its turn comes, cut to what it could give.
template <class Wanted>
void budget::reclaim(Wanted wanted_of) {
  for (const candidate& next : candidates(*this)) {
    shortage wanted;
    {
      const auto lock = budget_tree::acquire();
      // The reclaimer tells a new budget at an old address from the one that was seen.
      if (!budget_tree::is_alive(next.one) ||
          budget_tree::reclaimer_of(*next.one) != next.reclaimer) {
        continue;
      }
      wanted = wanted_of(*next.one);
      const std::size_t has = wanted.node ? next.one->used(*wanted.node) : next.one->used();
      wanted.bytes = std::min(wanted.bytes, has);
    }
    if (wanted.bytes == 0) continue;
    next.reclaimer->run(wanted.bytes, wanted.node);
    trim();
  }
}

bool budget::admit(std::size_t bytes, std::optional<node_id> node) {
  shortage now = missing(bytes, node);
  if (now.hopeless) return false;
  if (now.bytes == 0) return true;
  // What lies free costs nobody anything: here first, then in all of the tree.
  trim();
  if (missing(bytes, node).bytes == 0) return true;
  root().trim();
  reclaim([&](const budget&) { return missing(bytes, node); });
  return missing(bytes, node).bytes == 0;
}

bool budget::poll() {
  if (is_settled()) return true;
  trim();
  if (is_settled()) return true;
  root().trim();
  reclaim([](const budget& one) { return one.excess(); });
  return is_settled();
}

std::size_t budget::trim() noexcept {
  const std::size_t before = used();
  for (resource_registry::cursor at; reportable* thing = at.next();) {
    const budget* payer = thing->charged_to();
    if (payer != nullptr && payer->is_within(*this)) thing->trim();
  }
  const std::size_t after = used();
  return before > after ? before - after : 0;
}

budget& budget::root() noexcept {
  budget* at = this;
  while (at->parent_ != nullptr)
    at = at->parent_;
  return *at;
}

void budget::set_reclaim(reclaim_callback callback) {
  std::shared_ptr<const reclaim_callback> shared;
  if (callback) shared = std::make_shared<const reclaim_callback>(std::move(callback));
  reclaimer_->set(std::move(shared));
}

}  // namespace nearmem
