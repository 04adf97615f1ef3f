#include <algorithm>
#include <new>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/thread_heap.hpp>

namespace nearmem {
namespace {

// Times that a thread must be met on another node before its heap turns to it.
constexpr std::size_t strayed_enough = 3;

// Bytes of empty slabs that a depot keeps at least: what threads that come and go need again, and
// what is on its way from a thread that only frees to one that allocates.
constexpr std::size_t most_idle_bytes = std::size_t{1} << 20;
constexpr std::size_t most_passed_bytes = std::size_t{2} << 20;

// Bytes of empty slabs that go through a depot's lock at once where a thread allocates what another
// frees.
constexpr std::size_t batch_bytes = std::size_t{256} << 10;

}  // namespace

std::size_t thread_heap::in_use_or_0(const thread_bin& bin) const noexcept {
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(bin.handed_out(), 0));
}

void thread_heap::settle_at(std::size_t place) noexcept {
  const page_source& source = shared_->supply.source();
  place_ = place;
  node_memory_ = source.slot_of_home(place);
  homeless_memory_ = source.slot_of_home(source.homes_count());
}

bool thread_heap::is_known_free(const slab& home, const void* cell) const noexcept {
  const thread_bin& bin = bins_[home.class_number()];
  const auto waiting = box_->waiting();
  return (is_mine(home) && home.is_free(home.index_of(cell))) ||
         std::find(bin.begin(), bin.end(), cell) != bin.end() ||
         std::any_of(waiting.begin(), waiting.end(),
                     [&](const waiting_cell& one) { return one.cell == cell; });
}

std::size_t thread_heap::suitable_capacity(const thread_bin& bin,
                                           std::size_t class_number) const noexcept {
  const slab_supply& supply = shared_->supply;
  return cell_array::suitable_capacity(in_use_or_0(bin), supply.shape(class_number).bytes,
                                       supply.counts(class_number).slab_bytes.get());
}

void* thread_heap::take(std::size_t class_number, std::size_t place, page_grant& why) noexcept {
  here_ = place;
  strayed_ = place == place_ ? 0 : strayed_ + 1;
  if (strayed_ >= strayed_enough && shared_->depots.prepare(place, why)) turn_to(place);
  thread_bin& bin = bins_[class_number];
  void* cell = nullptr;
  if (bin.try_pop(cell)) return cell;
  bool filled = refill(class_number, why);
  if (!filled && place != place_ && shared_->depots.prepare(place, why)) {
    turn_to(place);
    filled = refill(class_number, why);
  }
  if (filled) bin.try_pop(cell);
  return cell;
}

// A heap that turned is another one: slabs that remember the old number are not of its node.
void thread_heap::turn_to(std::size_t place) noexcept {
  retire();
  number_ = shared_->numbers.take();
  settle_at(place);
  strayed_ = 0;
}

bool thread_heap::make_shelf(std::size_t class_number, page_grant& why) noexcept {
  slab_shelf*& shelf = bins_[class_number].shelf;
  if (shelf == nullptr) shelf = shared_->supply.make_shelf(class_number, why);
  return shelf != nullptr;
}

bool thread_heap::refill(std::size_t class_number, page_grant& why) noexcept {
  thread_bin& bin = bins_[class_number];
  if (!make_shelf(class_number, why)) return false;
  const std::size_t room = suitable_capacity(bin, class_number);
  if (!bin.reserve(shared_->supply, version, room, why) && bin.capacity() == 0) return false;
  const auto wanted = static_cast<std::uint32_t>(std::max<std::size_t>(bin.capacity() / 2, 1));

  // Now and then, what others have freed of slabs that are not at hand.
  if (slab* const one = bin.shelf->roomiest()) collect(*one);
  std::array<void*, cell_array::largest_capacity> taken;
  std::uint32_t count = 0;
  while (count < wanted) {
    slab* const from = bin.shelf->fullest();
    if (from == nullptr) {
      if (count > 0) break;
      if (!bring_slabs(class_number, why)) return false;
      continue;
    }
    if (from->last_heap() != short_number()) from->set_last_heap(short_number());
    count += bin.shelf->take(*from, taken.data() + count, wanted - count);
    if (from->free_cells() == 0) give_up_full(bin, *from);
  }
  bin.fill(version, taken.data(), count);
  if (bin.shelf->empty_slabs() > bin.shelf->kept()) level(bin, class_number);
  return true;
}

// Puts slabs with free cells onto the shelf: the node's that nobody holds, or else a new one.
bool thread_heap::bring_slabs(std::size_t class_number, page_grant& why) noexcept {
  thread_bin& bin = bins_[class_number];
  empty_waiting();
  give_up_idle_class(class_number);
  if (bin.shelf->fullest() != nullptr) return true;
  slab_supply& supply = shared_->supply;
  slab_depots& depots = shared_->depots;
  const std::size_t cell_bytes = supply.shape(class_number).bytes;
  // As much at once as it uses itself.
  const std::size_t wanted_bytes = std::min(batch_bytes, in_use_or_0(bin) * cell_bytes);
  const slab_depot::wish wish{std::max(bin.capacity(), wanted_bytes / cell_bytes), wanted_bytes};
  const auto may_have = [&](std::uint32_t last_heap) {
    return cell_bytes % line_bytes == 0 || last_heap == short_number() ||
           !shared_->numbers.may_live(last_heap);
  };
  slab_list adopted;
  for (const std::size_t place : {place_, depots.homeless_place()}) {
    slab_depot* const depot = depots.find(place);
    if (depot != nullptr) depot->adopt(class_number, number_, wish, may_have, adopted);
    if (adopted.front() != nullptr || place == depots.homeless_place()) break;
  }
  if (adopted.front() != nullptr) {
    while (slab* const one = adopted.front()) {
      adopted.remove(*one);
      bin.shelf->insert(*one);
      collect(*one);
    }
    return true;
  }
  // A new slab would lie where the thread is now, not at this heap's place.
  if (here_ != place_) return false;
  const slab_user user{bin_offset(class_number), static_cast<std::uint32_t>(class_number)};
  slab* const made = supply.make_slab(user, number_, in_use_or_0(bin), bin.shelf->slabs_cut(), why);
  if (made == nullptr) return false;
  // Its node may be another one, if this one is full.
  if (!depots.prepare(depots.place_of(made->run().data), why)) {
    slab_list one;
    one.insert(*made, 0);
    supply.drop_slabs(one);
    return false;
  }
  bin.shelf->insert(*made);
  return true;
}

// Nobody's, so that others' frees and trims need not wait for this thread.
void thread_heap::give_up_full(thread_bin& bin, slab& full) noexcept {
  bin.shelf->remove(full);
  if (full.claim().try_give_up(0)) return;
  bin.shelf->insert(full);
  collect(full);
}

// Gives up a slab that this heap holds and that is on no list, or in its depot.
void thread_heap::leave(slab& what) noexcept {
  const thread_bin& bin = bins_[what.class_number()];
  for (;;) {
    const std::uint32_t first = what.claim().take();
    what.set_free_each([&](auto free) { remote_chain::each(what, first, free); });
    const std::uint32_t free_cells = what.free_cells();
    const bool is_empty = free_cells == what.cells();
    const bool stays =
        slab_depot::holds(what) ? !is_empty : !slab_depot::wants(free_cells, what.cells());
    // If it is given up, not a word more to it: it may be gone.
    if (stays ? what.claim().try_give_up(free_cells) : shared_->depots.of(what).put(what)) {
      return is_empty ? give_back_surplus(bin) : void();
    }
  }
}

// Gives back what the depots hold beyond what comes and goes.
void thread_heap::give_back_surplus(const thread_bin& bin) noexcept {
  const std::size_t footprint = shared_->supply.account().footprint();
  const bool passes_on = bin.handed_out() < 0;
  shared_->depots.give_back(passes_on ? std::max(footprint / 4, most_passed_bytes)
                                      : std::max(footprint / 8, most_idle_bytes));
}

// Gives up empty slabs until `kept` are left, many under one lock.
void thread_heap::leave_empty(slab_shelf& shelf, std::size_t kept) noexcept {
  while (shelf.empty_slabs() > kept) {
    slab_depot& depot = shared_->depots.of(*shelf.empty());
    slab_list leaving;
    while (shelf.empty_slabs() > kept && &shared_->depots.of(*shelf.empty()) == &depot) {
      slab& one = *shelf.empty();
      shelf.remove(one);
      leaving.insert(one, 0);
    }
    depot.put_empty(leaving);
  }
}

// Leaves to the depot what is not worth keeping.
void thread_heap::level(thread_bin& bin, std::size_t class_number) noexcept {
  slab_shelf& shelf = *bin.shelf;
  const slab_supply::class_counts& counts = shared_->supply.counts(class_number);
  const std::size_t heaps = std::max<std::size_t>(counts.shelves.get(), 1);
  if (shelf.empty_slabs() > shelf.kept()) {
    const std::size_t slab_bytes = shelf.empty()->run().bytes;
    const std::size_t cut_bytes = counts.slab_bytes.get();
    // Who only frees passes them on by the batch.
    const std::size_t spare_bytes = bin.handed_out() < 0
                                        ? std::min(batch_bytes, cut_bytes / (4 * heaps))
                                        : std::min(4 * slab_bytes, cut_bytes / 16);
    if (shelf.empty_slabs() > shelf.kept() + spare_bytes / slab_bytes) {
      leave_empty(shelf, shelf.kept());
      give_back_surplus(bin);
    }
  }
  const std::size_t kept = counts.cells.get() / (4 * heaps);
  while (shelf.scattered_cells() > kept) {
    slab* const what = shelf.roomiest();
    if (what == nullptr || shelf.scattered_cells() < 2 * std::size_t{what->cells()}) break;
    shelf.remove(*what);
    leave(*what);
  }
}

void thread_heap::drop_storage(std::size_t class_number) noexcept {
  thread_bin& bin = bins_[class_number];
  if (bin.shelf == nullptr) return;
  bin.drop_storage(shared_->supply, version);
  shared_->supply.drop_shelf(class_number, bin.shelf);
  bin.shelf = nullptr;
}

void thread_heap::trim() noexcept {
  send_all();
  for (thread_bin& bin : bins_) {
    if (bin.shelf != nullptr) put_back(bin, bin.size());
  }
  send_all();
  drop_box();
  for_each_bin([this](thread_bin& bin, std::size_t class_number) {
    if (bin.shelf == nullptr) return;
    bin.shelf->for_each([this](slab& one) { collect(one); });
    leave_empty(*bin.shelf, 0);
    bin.shelf->forget_tides();
    bool holds_any = false;
    bin.shelf->for_each([&holds_any](const slab&) { holds_any = true; });
    if (!holds_any) drop_storage(class_number);
  });
}

void thread_heap::abandon() noexcept {
  drop_box();
  for_each_bin([this](thread_bin& bin, std::size_t class_number) {
    bin.clear(version);
    drop_storage(class_number);
  });
  shared_->numbers.end(number_);
}

void thread_heap::retire() noexcept {
  trim();
  for (std::size_t i = 0; i < bins_.size(); ++i)
    give_up_class(i);
  shared_->numbers.end(number_);
}

// Gives up what the heap holds of a class. Requires that the box holds none of it.
void thread_heap::give_up_class(std::size_t class_number) noexcept {
  thread_bin& bin = bins_[class_number];
  if (bin.shelf == nullptr) return;
  put_back(bin, bin.size());
  leave_empty(*bin.shelf, 0);
  bin.shelf->for_each([&](slab& one) {
    bin.shelf->remove(one);
    leave(one);
  });
  drop_storage(class_number);
}

// Each time another class: where nothing came or went since the last time, what others free into
// slabs of this heap would never be looked at.
void thread_heap::give_up_idle_class(std::size_t but) noexcept {
  const std::size_t class_number = next_looked_in_;
  next_looked_in_ = (next_looked_in_ + 1) % bins_.size();
  thread_bin& bin = bins_[class_number];
  const auto handed_out = static_cast<std::uint32_t>(bin.handed_out());
  const bool is_idle = bin.looked_in_at == handed_out;
  bin.looked_in_at = handed_out;
  if (is_idle && class_number != but) give_up_class(class_number);
}

}  // namespace nearmem
