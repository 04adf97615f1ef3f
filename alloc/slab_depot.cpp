#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/slab_depot.hpp>

namespace nearmem {

slab_list& slab_depot::list_of(const slab& what) noexcept {
  lists& by_class = slab_list::number_of(what) == empty ? empty_ : partial_;
  return by_class[what.class_number()];
}

void slab_depot::list_in(slab& what, std::uint16_t list) noexcept {
  (list == empty ? empty_ : partial_)[what.class_number()].insert(what, list);
  slab_arrivals::pass(what, list);
}

void slab_depot::sort_arrivals() noexcept {
  arrivals_.take_all([this](slab& one, std::uint16_t list) { list_in(one, list); });
}

// Requires that it does not wait.
void slab_depot::take_off(slab& what) noexcept {
  if (slab_list::number_of(what) == empty)
    empty_bytes_.fetch_sub(what.run().bytes, std::memory_order_relaxed);
  list_of(what).remove(what);
  slab_arrivals::forget(what);
}

// Wherever it comes, it is there before anybody can claim it: who does must know that it is here.
bool slab_depot::put_with(slab& what, std::uint32_t first, std::uint32_t free_cells,
                          std::uint32_t before) noexcept {
  const bool is_empty = what.free_cells() == what.cells();
  if (is_empty) empty_bytes_.fetch_add(what.run().bytes, std::memory_order_relaxed);
  if (!holds(what)) {
    arrivals_.add(what, is_empty ? empty : partial);
  } else {
    expects(is_empty, "slab depot: a slab came twice");
    if (!slab_arrivals::try_change(what, partial, empty)) {
      const std::lock_guard lock(mutex_);
      take_off(what);
      list_in(what, empty);
    }
  }
  // Never refused if it is empty: it has no cells that others could free.
  if (what.claim().try_give_up_with(first, free_cells, before)) return true;
  remove(what);
  return false;
}

void slab_depot::put_empty(slab_list& slabs) noexcept {
  const std::lock_guard lock(mutex_);
  while (slab* const one = slabs.front()) {
    slabs.remove(*one);
    empty_bytes_.fetch_add(one->run().bytes, std::memory_order_relaxed);
    list_in(*one, empty);
    one->claim().try_give_up(one->free_cells());
  }
}

void slab_depot::remove(slab& what) noexcept {
  const std::lock_guard lock(mutex_);
  sort_arrivals();
  take_off(what);
}

// Who put an empty slab here may be about to give it up; nobody else claims it.
void slab_depot::adopt_empty(std::size_t class_number, std::uint64_t holder, std::size_t bytes,
                             slab_list& out) noexcept {
  std::size_t adopted = 0;
  for (slab* at = empty_[class_number].front(); at != nullptr;) {
    slab& one = *at;
    at = slab_list::after(one);
    if (adopted > 0 && adopted + one.run().bytes > bytes) return;
    if (!one.claim().try_claim(holder)) continue;
    take_off(one);
    adopted += one.run().bytes;
    out.insert(one, 0);
  }
}

// One of a class of empty slabs that can be given back, or nullptr.
slab* slab_depot::surplus_of(std::size_t class_number) const noexcept {
  slab* one = empty_[class_number].front();
  while (one != nullptr && !one->claim().is_nobodys())
    one = slab_list::after(*one);
  return one;
}

void slab_depot::take_surplus(std::size_t kept_bytes, slab_list& out) noexcept {
  const std::lock_guard lock(mutex_);
  sort_arrivals();
  for (std::size_t without = 0; empty_bytes() > kept_bytes && without < empty_.size();) {
    slab* const one = surplus_of(next_surplus_);
    next_surplus_ = (next_surplus_ + 1) % empty_.size();
    if (one == nullptr) {
      ++without;
      continue;
    }
    without = 0;
    take_off(*one);
    out.insert(*one, 0);
  }
}

bool slab_depot::audit() noexcept {
  bool sound = true;
  std::size_t bytes = 0;
  for_each([&](const slab& one) {
    const bool is_empty = one.free_cells() == one.cells();
    sound = sound && slab_arrivals::is_on(one, is_empty ? empty : partial) && one.audit() &&
            !one.claim().is_held() && one.claim().free_cells() > 0 &&
            is_empty == (slab_list::number_of(one) == empty);
    if (is_empty) bytes += one.run().bytes;
  });
  return sound && bytes == empty_bytes();
}

}  // namespace nearmem
