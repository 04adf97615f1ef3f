#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/owner_counter.hpp>
#include <nearmem/alloc/owner_version.hpp>
#include <nearmem/alloc/remote_box.hpp>
#include <nearmem/alloc/shared_slabs.hpp>
#include <nearmem/alloc/size_class.hpp>
#include <nearmem/alloc/thread_bin.hpp>
#include <nearmem/topology/address_range.hpp>
#include <nearmem/topology/this_thread.hpp>

namespace nearmem {

// The box of heaps that need none.
inline constinit remote_box closed_box;

// One thread's part of a synchronized_slab_resource.
//
//   bins_[class] ── array ── shelf: slabs that this heap holds          own cells: no atomic
//   box_ ── others' cells: wait ── chains ──► slab_claim::push          one atomic for many
//   shared_ ── depot of the node ── supply: account, pages              locks, once in many slabs
//
// A cell that this thread frees goes
//   1. into the array, if the slab remembers this heap as its last (a plain load, without proof);
//   2. else into the box, and from there, many at a time: into the slab's bits, if this heap holds
//      the slab; into a chain for it, if another does; if nobody does, the heap claims it.
// What leaves the array again is looked at by 2: there the claim is the proof.
//
// A slab whose last free cell is taken is given up at once, so whoever frees into it next can claim
// it. The claimer keeps it if it was this heap's before; else the cells stay on the slab's claim,
// and who finds a quarter of it free leaves it to its node's depot. There its last heap finds it,
// or any if its cells have cache lines of their own; others get it when it is empty, or when that
// heap is dead. A class that the heap has ceased to use it gives up. The heaps that use a class
// keep a quarter of its cells free between them; the rest they leave to the depot.
//
// Invariants (the resource's audit recomputes them)
//  1. A slab on a shelf of this heap is held by this heap; it is of this heap's node, but for what
//     the page layer spilled.
//  2. No cell of the arrays is of another node than this heap's, but for what the page layer
//     spilled.
//
// Freeing needs no memory: where there is none for a shelf, slabs go to the depot.
// Thread rule: one thread; what counts may be read by any.
class thread_heap {
  // First, as paths that are counted in instructions add to the heap's own address.
  std::array<thread_bin, size_class::count> bins_{};

 public:
  // A number that no slab remembers, nor anything else that owns pages.
  static constexpr std::uint64_t nobodys_number = 0xffff'ffff;

  // The heap of threads that have none: always empty, always full.
  constexpr thread_heap() noexcept = default;
  // Holds nothing yet. `place` is one of the depots', prepared. To be ended by retire() or
  // abandon().
  thread_heap(shared_slabs& shared, std::size_t place) noexcept
      : shared_(&shared), number_(shared.numbers.take()) {
    settle_at(place);
  }
  thread_heap(const thread_heap&) = delete;
  thread_heap& operator=(const thread_heap&) = delete;

  std::uint32_t short_number() const noexcept { return static_cast<std::uint32_t>(number_); }
  std::uint64_t number() const noexcept { return number_; }
  std::size_t place() const noexcept { return place_; }

  // How far into the bins that of a class lies, and the bin that lies there.
  static constexpr std::uintptr_t bin_offset(std::size_t class_number) noexcept {
    return class_number * sizeof(thread_bin);
  }
  thread_bin& bin_at(std::uintptr_t offset) noexcept {
    return *reinterpret_cast<thread_bin*>(reinterpret_cast<std::byte*>(bins_.data()) + offset);
  }
  auto& bins() noexcept { return bins_; }
  // Whether this heap can tell that a cell is free.
  bool is_known_free(const slab& home, const void* cell) const noexcept;

  // The place of the node where the thread runs, as `find` says; it is asked only if the thread is
  // elsewhere than when it was asked last.
  template <class Find>
  std::size_t place_of_thread(Find find) noexcept {
    const std::uint32_t now = this_thread::whereabouts();
    if (now == this_thread::nowhere || now != whereabouts_) {
      found_place_ = find();
      whereabouts_ = now;
    }
    return found_place_;
  }

  // A cell of the class, when the array has none; nullptr with the reason in `why`. `place` is that
  // of the node where the thread runs now: a heap whose thread has moved turns to it.
  void* take(std::size_t class_number, std::size_t place, page_grant& why) noexcept;
  // Frees a cell of a slab that this heap does not remember, if the box has room. Does not look at
  // the slab: `class_number` is its class, `bytes` what of the cell was asked for. O(1).
  bool try_let_wait(slab& home, void* cell, std::size_t class_number, std::size_t bytes) noexcept {
    if (!box_->try_add(home, cell, class_number, bytes)) return false;
    bins_[class_number].count_passed(-1);
    return true;
  }
  // Frees a cell for which the array has no room, or which is of another heap's slab.
  void give(slab& home, void* cell) noexcept;

  // Sends what is in the box; frees what the arrays hold; gives empty slabs to the depot.
  void trim() noexcept;
  // The same, and gives all slabs up and its number: the heap holds nothing then.
  void retire() noexcept;
  // Forgets its slabs and cells, which are being taken back, whoever uses them, and its number.
  void abandon() noexcept;

  // Counts, for any thread: cells of the class taken less freed by this thread; cells freed into
  // others' slabs, and the atomic operations on others' slabs that it took.
  std::ptrdiff_t in_use(std::size_t class_number) const noexcept {
    return bins_[class_number].handed_out();
  }
  std::size_t remote_frees() const noexcept { return remote_frees_.get(); }
  std::size_t remote_operations() const noexcept { return remote_operations_.get(); }

  owner_version version;

  // Calls visit(bin, class_number), visit(cell) or visit(chain). For audits, while the thread
  // rests.
  template <class Visit>
  void for_each_bin(Visit visit) {
    for (std::size_t i = 0; i < bins_.size(); ++i)
      visit(bins_[i], i);
  }
  template <class Visit>
  void for_each_waiting(Visit visit) const {
    for (const waiting_cell& one : box_->waiting())
      visit(one.cell);
  }
  template <class Visit>
  void for_each_chain(Visit visit) {
    box_->for_each([&](remote_chain& chain) {
      chain.close();
      visit(chain);
    });
  }

 private:
  static constexpr std::size_t line_bytes = 64;

  static bool lies_in(const address_range& range, const void* address) noexcept {
    return reinterpret_cast<std::uintptr_t>(address) -
               reinterpret_cast<std::uintptr_t>(range.begin) <
           range.bytes;
  }

  bool refill(std::size_t class_number, page_grant& why) noexcept;
  bool bring_slabs(std::size_t class_number, page_grant& why) noexcept;
  bool make_shelf(std::size_t class_number, page_grant& why) noexcept;
  void put_back(thread_bin& bin, std::size_t cells) noexcept;
  bool make_box() noexcept;
  void make_larger_box() noexcept;
  void drop_box() noexcept;
  void empty_waiting() noexcept;
  bool bring_home(slab& home, void* cell) noexcept;
  void put_remote(slab& home, void* cell) noexcept;
  remote_chain& chain_at(remote_chain& chain, slab& home, std::size_t class_number) noexcept;
  void add(remote_chain& chain, void* cell) noexcept;
  void send(remote_chain& chain) noexcept;
  void send_chains() noexcept;
  void send_all() noexcept;
  bool may_keep(const slab& home, const void* cell) const noexcept;
  bool try_keep(slab& home, const void* cell) noexcept;
  void leave_with(slab& home, remote_chain& chain, slab_claim::found before) noexcept;
  bool absorb(slab& home, std::uint32_t first) noexcept;
  bool leave_if_strange(slab& freed) noexcept;
  void collect(slab& home) noexcept;
  void give_up_full(thread_bin& bin, slab& full) noexcept;
  void leave(slab& what) noexcept;
  void give_up_idle_class(std::size_t but) noexcept;
  void give_up_class(std::size_t class_number) noexcept;
  void give_back_surplus(const thread_bin& bin) noexcept;
  void leave_empty(slab_shelf& shelf, std::size_t kept) noexcept;
  void level(thread_bin& bin, std::size_t class_number) noexcept;
  void turn_to(std::size_t place) noexcept;
  void drop_storage(std::size_t class_number) noexcept;
  std::size_t in_use_or_0(const thread_bin& bin) const noexcept;
  std::size_t suitable_capacity(const thread_bin& bin, std::size_t class_number) const noexcept;
  void settle_at(std::size_t place) noexcept;
  // Whether a cell is of this heap's node, or of none.
  bool is_here(const void* cell) const noexcept {
    return lies_in(node_memory_, cell) || lies_in(homeless_memory_, cell);
  }
  bool is_here(const slab& what) const noexcept { return is_here(what.first_cell()); }
  bool is_mine(const slab& what) const noexcept { return what.claim().is_held_by(number_); }

  shared_slabs* shared_ = nullptr;
  std::uint64_t number_ = nobodys_number;
  std::size_t place_ = 0;
  // What place_ says of addresses, as copies, as the page source may lie on another node.
  address_range node_memory_;
  address_range homeless_memory_;
  std::size_t here_ = 0;         // of the node that the thread was last met on
  std::size_t found_place_ = 0;  // what place_of_thread() was told
  std::uint32_t whereabouts_ = this_thread::nowhere;
  std::size_t next_looked_in_ = 0;  // the class to look in next whether it is in use
  std::size_t strayed_ = 0;         // times in a row that the thread was met on another node
  owner_counter remote_frees_;
  owner_counter remote_operations_;
  remote_box* box_ = &closed_box;  // made when this thread first frees what is not its own
};

}  // namespace nearmem
