#include <algorithm>
#include <cstring>
#include <new>

#include <nearmem/alloc/account_usage.hpp>
#include <nearmem/alloc/cell_request.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>

namespace nearmem {
synchronized_slab_resource::synchronized_slab_resource(const resource_options& options)
    : slot_(heap_slots::place_of(heap_slots::none)), shared_(options) {
  listing_.begin();
}

synchronized_slab_resource::~synchronized_slab_resource() {
  release();
  const std::lock_guard lock(heap_registry::mutex());
  if (is_enlisted_) heap_registry::delist(*this);
}

std::size_t synchronized_slab_resource::charge_for(std::size_t bytes,
                                                   std::size_t alignment) const noexcept {
  const cell_request request = cell_request::of(bytes, alignment);
  if (request.by_cell) return shared_.supply.shape(request.class_number).bytes;
  return large_blocks::charge_for(bytes);
}

// The depot whose slabs the calling thread should have now.
std::size_t synchronized_slab_resource::place_here() noexcept {
  const placement& where = options().where;
  if (where.takes_turns() || where.what() == placement::kind::first_touch) {
    return shared_.depots.homeless_place();
  }
  return shared_.depots.place_of(shared_.supply.source().wanted_node(where));
}

thread_heap* synchronized_slab_resource::find_heap() noexcept {
  thread_heap& quick = my_heap();
  if (&quick != &no_heap) return &quick;
  if (slot_ != heap_slots::place_of(heap_slots::none) || !is_enlisted_) return nullptr;
  const std::lock_guard registry(heap_registry::mutex());
  return heap_registry::find(*this);
}

// Requires the registry's lock.
thread_heap* synchronized_slab_resource::find_heap_locked() noexcept {
  thread_heap& quick = my_heap();
  return &quick != &no_heap ? &quick : heap_registry::find(*this);
}

// Requires that something was taken. Must not hold the registry's lock.
void synchronized_slab_resource::learn_owners() noexcept {
  if (knows_owners_.load(std::memory_order_acquire)) return;
  const std::lock_guard registry(heap_registry::mutex());
  if (knows_owners_.load(std::memory_order_relaxed)) return;
  owners_ = shared_.supply.source().owners();
  knows_owners_.store(true, std::memory_order_release);
}

thread_heap* synchronized_slab_resource::make_heap(page_grant& why) noexcept {
  slab_supply& supply = shared_.supply;
  void* const memory = supply.make_descriptor(sizeof(owned_heap), why);
  if (memory == nullptr) return nullptr;
  learn_owners();
  const std::lock_guard registry(heap_registry::mutex());
  if (!is_enlisted_) {
    slot_ = heap_slots::place_of(heap_registry::enlist(*this));
    is_enlisted_ = true;
  }
  const std::size_t place = place_here();
  auto* const heap = new (memory) owned_heap(*this, shared_, place);
  if (!shared_.depots.prepare(place, why) || !heap_registry::enlist(*heap)) {
    heap->abandon();
    heap->~owned_heap();
    supply.drop_descriptor(memory, sizeof(owned_heap));
    return nullptr;
  }
  const std::lock_guard census(census_);
  heap->next_of_owner = heaps_;
  heaps_ = heap;
  return heap;
}

// Requires the registry's lock, and that the heap is of no thread's any more.
void synchronized_slab_resource::drop_heap(owned_heap& heap) noexcept {
  heap.retire();
  {
    const std::lock_guard census(census_);
    owned_heap** at = &heaps_;
    while (*at != &heap)
      at = &(*at)->next_of_owner;
    *at = heap.next_of_owner;
    count_out(heap);
  }
  heap.~owned_heap();
  shared_.supply.drop_descriptor(&heap, sizeof(owned_heap));
}

// Requires the census' lock.
void synchronized_slab_resource::count_out(const thread_heap& heap) noexcept {
  for (std::size_t i = 0; i < in_use_of_gone_.size(); ++i)
    in_use_of_gone_[i] += heap.in_use(i);
  remote_frees_of_gone_ += heap.remote_frees();
  remote_operations_of_gone_ += heap.remote_operations();
}

template <class Work>
void synchronized_slab_resource::with_passing_heap(Work work) noexcept {
  const std::lock_guard registry(heap_registry::mutex());
  const std::size_t place = place_here();
  thread_heap passing(shared_, place);
  work(passing, place);
  passing.retire();
  const std::lock_guard census(census_);
  count_out(passing);
}

std::size_t synchronized_slab_resource::acquisition_bound(std::size_t bytes,
                                                          std::size_t alignment) const noexcept {
  constexpr std::size_t others = 1 << 20;
  const cell_request request = cell_request::of(bytes, alignment);
  return shared_.supply.with_account([&](const page_account& account, const large_blocks&) {
    if (!request.by_cell) return large_blocks::acquisition_bound(account, bytes, others);
    const std::size_t for_slab =
        slab_acquisition_bound(account, shared_.supply.shape(request.class_number).bytes, others);
    const std::size_t for_heap = account.acquisition_bound(
        sizeof(owned_heap), 2, std::max(sizeof(slab_depot), max_nodes * sizeof(void*)));
    const std::size_t both = for_slab + for_heap;
    return both < for_slab ? for_slab : both;
  });
}

void* synchronized_slab_resource::allocate_fallback(std::size_t bytes, std::size_t alignment) {
  if (bytes > most_request_bytes || alignment > page_source::chunk_bytes) throw std::bad_alloc();
  page_grant why;
  void* address = try_allocate(bytes, alignment, why);
  if (address != nullptr) return address;
  // An allocation may free what is free, then must fail.
  const bool is_more_free = trim() > 0;
  const bool has_heap = find_heap() != nullptr;
  const std::size_t before = footprint();
  if (is_more_free) address = try_allocate(bytes, alignment, why);
  if (address != nullptr) return address;
  if (why.failure == page_failure::budget && cell_request::of(bytes, alignment).by_cell) {
    // What this try has left behind, the trim of an admit() would take as room.
    const std::size_t after = footprint();
    why.also_needs(after > before ? std::min(after - before, page_source::chunk_bytes) : 0);
    const std::size_t from_nothing = acquisition_bound(bytes, alignment);
    if (!has_heap && from_nothing <= options().budget->limit()) why.refused_bytes = from_nothing;
  }
  account().throw_failure(why);
}

void* synchronized_slab_resource::try_allocate(std::size_t bytes, std::size_t alignment,
                                               page_grant& why) noexcept {
  const cell_request request = cell_request::of(bytes, alignment);
  if (!request.by_cell) {
    void* const block = shared_.supply.allocate_large(bytes, alignment, why);
    if (block != nullptr) learn_owners();
    return block;
  }
  thread_heap* heap = find_heap();
  if (heap == nullptr) heap = make_heap(why);
  void* cell = nullptr;
  if (heap != nullptr) {
    const std::size_t place = heap->place_of_thread([&] { return place_here(); });
    cell = heap->take(request.class_number, place, why);
  } else if (is_enlisted_) {
    with_passing_heap([&](thread_heap& passing, std::size_t place) {
      if (shared_.depots.prepare(place, why)) cell = passing.take(request.class_number, place, why);
    });
  }
  return cell == nullptr ? nullptr : request.block_in(cell, alignment);
}

// As short as can be, so that what a thread does with blocks that others allocated overlaps; and
// without another look at the owner, which may lie on another node.
void synchronized_slab_resource::deallocate_unremembered(void* address, std::size_t bytes,
                                                         std::size_t alignment,
                                                         run_owner* owner) noexcept {
  if (size_class::serves(bytes, alignment) &&
      my_heap().try_let_wait(*static_cast<slab*>(owner), address,
                             size_class::index(bytes, alignment), bytes)) {
    return;
  }
  deallocate_fallback(address, bytes, alignment);
}

[[gnu::noinline]] void synchronized_slab_resource::deallocate_fallback(
    void* address, std::size_t bytes, std::size_t alignment) noexcept {
  const cell_request request = cell_request::of(bytes, alignment);
  if (!request.by_cell) return shared_.supply.deallocate_large(address, bytes);
  slab& home = *static_cast<slab*>(static_cast<run_owner*>(owners_.owner_of(address)));
  if (request.within) address = home.cell_around(address);
  thread_heap* heap = find_heap();
  page_grant why;
  if (heap == nullptr) heap = make_heap(why);
  if (heap == nullptr) {
    with_passing_heap([&](thread_heap& passing, std::size_t) { passing.give(home, address); });
  } else if (home.last_heap() != heap->short_number() ||
             !heap->bin_at(home.bin()).try_push(address)) {
    heap->give(home, address);
  }
}

void synchronized_slab_resource::expect_live(void* address, std::size_t bytes,
                                             std::size_t alignment) noexcept {
  expects(std::has_single_bit(alignment), "slab resource: the alignment is not a power of two");
  const cell_request request = cell_request::of(bytes, alignment);
  if (!request.by_cell) return;  // large_blocks looks itself
  auto* const home = static_cast<slab*>(shared_.supply.owner(run_use::slab, address));
  expects(home != nullptr && (reinterpret_cast<std::uintptr_t>(address) & (alignment - 1)) == 0,
          "slab: freed what is not of this resource, or with another alignment");
  expects(home->class_number() == request.class_number,
          "slab: freed with another size or alignment");
  void* const cell = request.within ? home->cell_around(address) : address;
  expects(home->has_cell_at(cell), "slab: freed an address inside a cell");
  // Of slabs that others hold nothing more is known here; their holders find a second free.
  thread_heap* const heap = find_heap();
  expects(heap == nullptr || !heap->is_known_free(*home, cell), "slab: a cell was freed twice");
  if constexpr (build_checks == check_level::hardened) std::memset(cell, 0xdd, home->cell_bytes());
}

std::size_t synchronized_slab_resource::trim() noexcept {
  const std::size_t before = footprint();
  if (thread_heap* const heap = find_heap()) heap->trim();
  const std::lock_guard registry(heap_registry::mutex());
  shared_.depots.give_back(0);
  std::size_t cells = 0;
  for (std::size_t i = 0; i < size_class::count; ++i)
    cells += shared_.supply.counts(i).cells.get();
  // Without a cell nothing is missed if the heap goes, and with the last heap the depots.
  if (cells == 0) {
    if (owned_heap* const heap = static_cast<owned_heap*>(find_heap_locked())) {
      heap_registry::delist(*heap);
      drop_heap(*heap);
    }
    if (heaps_ == nullptr) clear_depots();
  }
  const std::size_t after = footprint();
  return before > after ? before - after : 0;
}

void synchronized_slab_resource::release() noexcept {
  const std::lock_guard registry(heap_registry::mutex());
  drop_all_heaps();
  shared_.supply.release();
  clear_depots();
}

// Requires the registry's lock, and that the depots hold nothing.
void synchronized_slab_resource::clear_depots() noexcept {
  const std::lock_guard census(census_);
  shared_.depots.for_each([this](const slab_depot& one) { locks_of_gone_ += one.locks_taken(); });
  shared_.depots.clear();
}

void synchronized_slab_resource::drop_all_heaps() noexcept {
  const std::lock_guard census(census_);
  while (owned_heap* const heap = heaps_) {
    heaps_ = heap->next_of_owner;
    heap_registry::delist(*heap);
    heap->abandon();
    remote_frees_of_gone_ += heap->remote_frees();
    remote_operations_of_gone_ += heap->remote_operations();
    heap->~owned_heap();
    shared_.supply.drop_descriptor(heap, sizeof(owned_heap));
  }
  in_use_of_gone_ = {};
}

void synchronized_slab_resource::lock_for_fork() noexcept {
  census_.lock();
  shared_.depots.for_each([](slab_depot& one) { one.lock(); });
  shared_.supply.lock();
}

void synchronized_slab_resource::unlock_after_fork() noexcept {
  shared_.supply.unlock();
  shared_.depots.for_each([](slab_depot& one) { one.unlock(); });
  census_.unlock();
}

}  // namespace nearmem
