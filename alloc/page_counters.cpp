#include <new>

#include <nearmem/alloc/page_counters.hpp>

namespace nearmem {

// Calls visit_one(counter) for every entry until it returns true; true if it did.
template <class Visit>
bool page_counters::visit(Visit visit_one) const noexcept {
  for (const page_counter& counter : first_) {
    if (visit_one(counter)) return true;
  }
  const page_counter* rest = rest_.load(std::memory_order_acquire);
  if (rest == nullptr) return false;
  for (std::size_t i = 0; i < rest_size_; ++i) {
    if (visit_one(rest[i])) return true;
  }
  return false;
}

page_counter* page_counters::find(node_id node) noexcept {
  const page_counter* found = nullptr;
  visit([&](const page_counter& counter) noexcept {
    if (counter.key.load(std::memory_order_relaxed) != to_number(node) + 1) return false;
    found = &counter;
    return true;
  });
  // Entries are this object's own, which is not const here.
  return const_cast<page_counter*>(found);
}

page_counter* page_counters::make(node_id node, std::size_t nodes) noexcept {
  const page_counter* found = nullptr;
  const auto suits = [&](const page_counter& counter) noexcept {
    const std::uint32_t key = counter.key.load(std::memory_order_relaxed);
    if (key != 0 && key != to_number(node) + 1) return false;
    found = &counter;
    return true;
  };
  if (!visit(suits)) {
    if (rest_owner_ != nullptr || nodes <= first_.size()) return nullptr;
    rest_owner_.reset(new (std::nothrow) page_counter[nodes - first_.size()]);
    if (rest_owner_ == nullptr) return nullptr;
    rest_size_ = nodes - first_.size();
    rest_.store(rest_owner_.get(), std::memory_order_release);
    found = rest_owner_.get();
  }
  auto* const counter = const_cast<page_counter*>(found);
  counter->key.store(to_number(node) + 1, std::memory_order_release);
  return counter;
}

node_usage page_counters::usage(node_id node) const noexcept {
  node_usage usage;
  visit([&](const page_counter& counter) noexcept {
    if (counter.key.load(std::memory_order_acquire) != to_number(node) + 1) return false;
    usage.footprint = counter.footprint.get();
    usage.spilled = counter.spilled.get();
    usage.misplaced = counter.misplaced.get();
    usage.outcome = counter.outcome.load(std::memory_order_relaxed);
    return true;
  });
  return usage;
}

void page_counters::clear_misplaced() noexcept {
  visit([](const page_counter& counter) noexcept {
    const_cast<page_counter&>(counter).misplaced.set(0);
    return false;
  });
}

}  // namespace nearmem
