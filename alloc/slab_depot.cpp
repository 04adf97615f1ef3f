#include <nearmem/alloc/slab_depot.hpp>

namespace nearmem {

slab_list& slab_depot::list_of(const slab& what) noexcept {
  lists& by_class = slab_list::number_of(what) == empty ? empty_ : partial_;
  return by_class[what.class_number()];
}

void slab_depot::take_off(slab& what) noexcept {
  if (slab_list::number_of(what) == empty) empty_bytes_.subtract(what.run().bytes);
  list_of(what).remove(what);
}

bool slab_depot::put_with(slab& what, std::uint32_t first, std::uint32_t free_cells,
                          std::uint32_t before) noexcept {
  const std::lock_guard lock(mutex_);
  if (holds(what)) take_off(what);
  const bool is_empty = what.free_cells() == what.cells();
  lists& by_class = is_empty ? empty_ : partial_;
  by_class[what.class_number()].insert(what, is_empty ? empty : partial);
  if (is_empty) empty_bytes_.add(what.run().bytes);
  // On its list before anybody can claim it: who does must know that it is here.
  if (what.claim().try_give_up_with(first, free_cells, before)) return true;
  take_off(what);
  return false;
}

void slab_depot::put_empty(slab_list& slabs) noexcept {
  const std::lock_guard lock(mutex_);
  while (slab* const one = slabs.front()) {
    slabs.remove(*one);
    empty_[one->class_number()].insert(*one, empty);
    empty_bytes_.add(one->run().bytes);
    // Never refused: an empty slab has no cells that others could free.
    one->claim().try_give_up(one->free_cells());
  }
}

void slab_depot::remove(slab& what) noexcept {
  const std::lock_guard lock(mutex_);
  take_off(what);
}

// Nobody else claims an empty slab: it has no cells that could be freed.
void slab_depot::adopt_empty(std::size_t class_number, std::uint64_t holder, std::size_t bytes,
                             slab_list& out) noexcept {
  std::size_t adopted = 0;
  while (slab* const one = empty_[class_number].front()) {
    if (adopted > 0 && adopted + one->run().bytes > bytes) return;
    one->claim().try_claim(holder);
    take_off(*one);
    adopted += one->run().bytes;
    out.insert(*one, 0);
  }
}

void slab_depot::take_surplus(std::size_t kept_bytes, slab_list& out) noexcept {
  const std::lock_guard lock(mutex_);
  for (; empty_bytes() > kept_bytes; next_surplus_ = (next_surplus_ + 1) % empty_.size()) {
    slab* const one = empty_[next_surplus_].front();
    if (one == nullptr) continue;
    take_off(*one);
    out.insert(*one, 0);
  }
}

bool slab_depot::audit() noexcept {
  bool sound = true;
  std::size_t bytes = 0;
  for_each([&](const slab& one) {
    const bool is_empty = one.free_cells() == one.cells();
    sound = sound && holds(one) && one.audit() && !one.claim().is_held() &&
            one.claim().free_cells() > 0 && is_empty == (slab_list::number_of(one) == empty);
    if (is_empty) bytes += one.run().bytes;
  });
  return sound && bytes == empty_bytes();
}

}  // namespace nearmem
