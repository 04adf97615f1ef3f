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

// A cell goes into its slab if this heap holds it, or nobody; else into a chain for the holder.
// Whether a slab of the shelf became empty so.
bool thread_heap::bring_home(slab& home, void* cell) noexcept {
  if (!is_mine(home)) {
    const bool was_held = home.claim().is_held();
    if (!was_held && home.last_heap() != short_number()) remote_operations_.add(1);
    if (was_held || !home.claim().try_claim(number_)) {
      put_remote(home, cell);
      return false;
    }
    if (!settle_claimed(home)) {
      home.set_free(home.index_of(cell));
      leave_to_depot(home);
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

// To the slab's holder; to the slab itself if that is this heap, or nobody.
void thread_heap::send(remote_chain& chain) noexcept {
  slab& home = *chain.home();
  chain.close();
  for (;;) {
    if (is_mine(home)) break;
    remote_operations_.add(1);
    if (home.claim().push(chain.first(), [&](std::uint32_t next) { chain.lead_to(next); })) {
      chain.end();
      return;
    }
    if (home.claim().try_claim(number_)) {
      if (!settle_claimed(home)) {
        remote_chain::each(home, chain.first(), [&](std::uint32_t i) { home.set_free(i); });
        chain.end();
        leave_to_depot(home);
        return;
      }
      break;
    }
  }
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

// Takes a slab that was just claimed onto the shelf; false if there is no shelf for it.
bool thread_heap::settle_claimed(slab& home) noexcept {
  if (slab_depot::holds(home)) shared_->depots.of(home).remove(home);
  thread_bin& bin = bins_[home.class_number()];
  page_grant why;
  if (!make_shelf(bin, why)) return false;
  const bool was_mine = home.last_heap() == short_number();
  if (is_here(home) && (was_mine || home.cell_bytes() % line_bytes == 0)) {
    home.set_last_heap(short_number());
    bin.shelf->insert(home);
  } else {
    home.set_last_heap(0);
    bin.shelf->set_aside(home);
  }
  return true;
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
  leave_to_depot(freed);
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
