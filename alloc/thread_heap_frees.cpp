#include <new>
#include <span>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/thread_heap.hpp>

namespace nearmem {

void thread_heap::give(slab& home, void* cell) noexcept {
  const std::size_t class_number = home.class_number();
  thread_bin& bin = bins_[class_number];
  if (home.last_heap() == short_number() && bin.shelf != nullptr) {
    page_grant why;
    const std::size_t room = suitable_capacity(bin, class_number);
    if (room <= bin.size() || !bin.reserve(shared_->supply, version, room, why)) {
      put_back(bin, bin.size() - std::min(room, bin.size()) / 2);
      // Only a larger array can fail, and what is left fits half of this one.
      const std::size_t most = bin.storage_bytes() / sizeof(void*);
      bin.reserve(shared_->supply, version, std::min(room, most), why);
      level(bin, class_number);
    }
    if (bin.try_push(cell)) return;
  }
  if (!make_box()) {
    bin.count_passed(-1);
    remote_frees_.add(1);
    if (bring_home(home, cell)) level(bin, class_number);
  } else if (!try_let_wait(home, cell, class_number, home.cell_bytes())) {
    empty_waiting();
    try_let_wait(home, cell, class_number, home.cell_bytes());
  }
}

// Without memory for one, cells go home one by one.
bool thread_heap::make_box() noexcept {
  if (box_ != &closed_box) return true;
  page_grant why;
  constexpr unsigned few = remote_box::few_place_bits;
  void* const memory = shared_->supply.make_descriptor(remote_box::bytes_for(few), why);
  if (memory == nullptr) return false;
  box_ = new (memory) remote_box(few);
  return true;
}

// Requires that nothing waits.
void thread_heap::make_larger_box() noexcept {
  constexpr unsigned most = remote_box::most_place_bits;
  page_grant why;
  void* const memory = shared_->supply.make_descriptor(remote_box::bytes_for(most), why);
  if (memory == nullptr) return box_->forget_displaced();
  send_chains();
  drop_box();
  box_ = new (memory) remote_box(most);
}

// Forgets what is in it.
void thread_heap::drop_box() noexcept {
  if (box_ == &closed_box) return;
  shared_->supply.drop_descriptor(box_, box_->bytes());
  box_ = &closed_box;
}

// Brings what waits in the box to the chains of its slabs, or to the slabs. What of theirs this
// heap is about to change is fetched for all of them first.
void thread_heap::empty_waiting() noexcept {
  if (box_ == &closed_box) return;
  std::array<waiting_cell, remote_box::most_waiting> cells;
  const std::size_t count = box_->take_waiting(cells);
  if (count == 0) return;
  remote_frees_.add(count);
  std::array<remote_chain*, remote_box::most_waiting> places;
  for (std::size_t i = 0; i < count; ++i) {
    slab& home = *cells[i].home;
    places[i] = &box_->place_of(home);
    if (places[i]->home() != &home) home.prefetch();
  }
  for (std::size_t i = 0; i < count; ++i) {
    slab& home = *cells[i].home;
    // A slab that has become this heap's meanwhile gets no more chain: what else is freed into it
    // goes into the array, and the chain would never be long enough. No other node's does.
    if (places[i]->home() != &home && is_here(cells[i].cell) &&
        home.last_heap() == short_number()) {
      const std::size_t class_number = home.class_number();
      if (bring_home(home, cells[i].cell)) level(bins_[class_number], class_number);
      continue;
    }
    add(chain_at(*places[i], home, cells[i].class_number), cells[i].cell);
  }
  if (box_->is_too_small()) make_larger_box();
}

// A cell goes into its slab if this heap holds it, or may; else into a chain for it. Whether a slab
// of the shelf became empty so.
bool thread_heap::bring_home(slab& home, void* cell) noexcept {
  if (!is_mine(home)) {
    const bool may_claim = !home.claim().is_held() && may_keep(home, cell);
    if (!may_claim || !home.claim().try_claim(number_)) {
      put_remote(home, cell);
      return false;
    }
    if (!try_keep(home, cell)) {
      home.set_free(home.index_of(cell));
      leave(home);
      return false;
    }
  }
  return bins_[home.class_number()].shelf->set_free(home, home.index_of(cell)) &&
         !leave_if_strange(home);
}

void thread_heap::put_remote(slab& home, void* cell) noexcept {
  if (box_ == &closed_box) {
    remote_chain one;
    one.begin(home, home.class_number());
    one.add(cell);
    return send(one);
  }
  add(chain_at(box_->place_of(home), home, home.class_number()), cell);
}

// The chain for a slab at its place in the box, begun if it has none.
remote_chain& thread_heap::chain_at(remote_chain& chain, slab& home,
                                    std::size_t class_number) noexcept {
  if (chain.home() != &home) {
    if (chain.home() != nullptr) {
      box_->count_displaced();
      send(chain);
    }
    chain.begin(home, class_number);
  }
  return chain;
}

void thread_heap::add(remote_chain& chain, void* cell) noexcept {
  chain.add(cell);
  if (chain.cells() >= remote_box::most_cells(chain.class_number())) send(chain);
}

// To the slab's claim, if somebody else holds it, or nobody and it needs no visit; else to its
// bits.
void thread_heap::send(remote_chain& chain) noexcept {
  slab& home = *chain.home();
  const auto may_stay = [&](std::uint32_t before, std::uint32_t then) {
    return then < home.cells() && !may_keep(home, chain.first_cell()) &&
           slab_depot::wants(before, home.cells()) == slab_depot::wants(then, home.cells());
  };
  for (;;) {
    if (home.claim().push(number_, chain.first(), chain.cells(), may_stay,
                          [&](std::uint32_t next) { chain.close(next); })) {
      remote_operations_.add(1);
      chain.end();
      return;
    }
    if (is_mine(home)) break;
    remote_operations_.add(1);
    slab_claim::found before;
    if (!home.claim().try_claim(number_, before)) continue;
    if (try_keep(home, chain.first_cell())) break;
    leave_with(home, chain, before);
    return chain.end();
  }
  chain.close();
  const std::uint32_t first = chain.first();
  const std::size_t class_number = home.class_number();
  chain.end();
  // Afterwards not a word more to the slab: it may have left, and be gone.
  if (absorb(home, first)) level(bins_[class_number], class_number);
}

void thread_heap::send_chains() noexcept {
  box_->for_each([this](remote_chain& chain) { send(chain); });
}

void thread_heap::send_all() noexcept {
  empty_waiting();
  send_chains();
}

// Whether a slab that nobody holds, and that this cell is of, is to be this heap's: if it was so
// before. Others' would be held by who does not need them, and nobody would look at what is freed
// into them.
bool thread_heap::may_keep(const slab& home, const void* cell) const noexcept {
  return is_here(cell) && home.last_heap() == short_number();
}

// Takes a slab that was just claimed onto the shelf, if there is one for it.
bool thread_heap::try_keep(slab& home, const void* cell) noexcept {
  page_grant why;
  if (!may_keep(home, cell) || !make_shelf(home.class_number(), why)) return false;
  if (slab_depot::holds(home)) shared_->depots.of(home).remove(home);
  bins_[home.class_number()].shelf->insert(home);
  collect(home);
  return true;
}

// Gives up a slab that was just claimed, as it was found, with a chain of cells freed into it. What
// is on it is looked at only if all of it is free, or if others have freed into it meanwhile.
void thread_heap::leave_with(slab& home, remote_chain& chain, slab_claim::found before) noexcept {
  const std::uint32_t free_cells = before.free_cells + chain.cells();
  expects(free_cells <= home.cells(), "slab: a cell was freed twice");
  if (free_cells == home.cells()) {
    home.claim().take();
    home.set_all_free();
    return leave(home);
  }
  chain.close(before.chain);
  const bool stays = slab_depot::holds(home) || !slab_depot::wants(free_cells, home.cells());
  const bool is_left =
      stays ? home.claim().try_give_up_with(chain.first(), free_cells, before.chain)
            : shared_->depots.of(home).put_with(home, chain.first(), free_cells, before.chain);
  if (is_left) return;
  chain.close();
  home.set_free_each([&](auto free) { remote_chain::each(home, chain.first(), free); });
  leave(home);
}

// Frees the cells of a chain, which came from this heap's box or off the slab's claim. Requires the
// slab on the shelf. Whether a slab of the shelf became empty so.
bool thread_heap::absorb(slab& home, std::uint32_t first) noexcept {
  slab_shelf& shelf = *bins_[home.class_number()].shelf;
  const bool is_empty =
      shelf.set_free_each(home, [&](auto free) { remote_chain::each(home, first, free); });
  return is_empty && !leave_if_strange(home);
}

// A slab of another node stays no longer than it has cells in use. Requires an empty one.
bool thread_heap::leave_if_strange(slab& freed) noexcept {
  if (is_here(freed)) return false;
  bins_[freed.class_number()].shelf->remove(freed);
  leave(freed);
  return true;
}

// Takes what others freed into a slab of the shelf.
void thread_heap::collect(slab& home) noexcept {
  if (const std::uint32_t first = home.claim().take()) absorb(home, first);
}

// Sets the bits of the array's oldest cells, or sends them home.
void thread_heap::put_back(thread_bin& bin, std::size_t cells) noexcept {
  if (cells == 0) return;
  std::array<slab*, cell_array::largest_capacity> slabs;
  find_slabs(shared_->supply.source(), {bin.begin(), cells}, slabs);
  for (std::size_t i = 0; i < cells; ++i)
    bring_home(*slabs[i], bin.begin()[i]);
  bin.drop_oldest(version, cells);
}

}  // namespace nearmem
