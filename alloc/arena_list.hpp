#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <new>
#include <utility>

#include <nearmem/alloc/account_usage.hpp>
#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/page_account.hpp>
#include <nearmem/alloc/residency.hpp>

namespace nearmem {

// Arenas that belong together, each with what its user notes beside it, in the descriptor heap of
// one account; their books are summed.
//
//   front_ ─► entry ─► entry ─► entry        entry { memory: an arena, ..., next }
//   pages_    where the entries lie; the arenas' blocks are in accounts of their own
//
// Entry has a member `arena memory`, a member `Entry* next` and whatever else its user needs.
//
// Invariant: usage() is the sum of the arenas' and of what the entries take, which is metadata.
// Thread rule: add() and clear() by one at a time, clear() while nothing else runs; for_each() and
// the sums by any.
template <class Entry>
class arena_list {
 public:
  explicit arena_list(const resource_options& options) : pages_(options) {}
  ~arena_list() { clear(); }
  arena_list(const arena_list&) = delete;
  arena_list& operator=(const arena_list&) = delete;

  // A new entry, made of the arguments. Throws what its construction throws, and what the account
  // has to say where there is no memory.
  template <class... Arguments>
  Entry& add(Arguments&&... arguments) {
    page_grant why;
    void* memory = pages_.make_descriptor(sizeof(Entry), why);
    if (memory == nullptr) pages_.throw_failure(why);
    Entry* made = nullptr;
    try {
      made = new (memory) Entry(std::forward<Arguments>(arguments)...);
    } catch (...) {
      pages_.drop_descriptor(memory, sizeof(Entry));
      throw;
    }
    made->next = front_.load(std::memory_order_relaxed);
    front_.store(made, std::memory_order_release);
    note_peak();
    return *made;
  }

  // Ends every entry and with it its arena.
  void clear() noexcept {
    Entry* entry = front_.exchange(nullptr, std::memory_order_acq_rel);
    while (entry != nullptr) {
      Entry* const next = entry->next;
      entry->~Entry();
      pages_.drop_descriptor(entry, sizeof(Entry));
      entry = next;
    }
  }

  // Entries that are added meanwhile may be met.
  template <class Visit>
  void for_each(Visit visit) const {
    for (Entry* at = front_.load(std::memory_order_acquire); at != nullptr; at = at->next) {
      visit(*at);
    }
  }

  std::size_t memory_usage() const noexcept {
    std::size_t bytes = 0;
    for_each([&bytes](const Entry& entry) { bytes += entry.memory.memory_usage(); });
    return bytes;
  }
  std::size_t footprint() const noexcept {
    std::size_t bytes = pages_.footprint();
    for_each([&bytes](const Entry& entry) { bytes += entry.memory.footprint(); });
    return bytes;
  }
  resource_usage usage() const noexcept {
    resource_usage sum = account_usage(pages_, 0, 0);
    sum.requested = 0;
    for_each([&sum](const Entry& entry) {
      const resource_usage one = entry.memory.usage();
      sum.charged += one.charged;
      sum.unused += one.unused;
      sum.metadata += one.metadata;
      sum.footprint += one.footprint;
      sum.blocks += one.blocks;
      *sum.requested += one.requested.value_or(0);
    });
    sum.peak_footprint = std::max(peak_.load(std::memory_order_relaxed), sum.footprint);
    return sum;
  }
  node_usage usage(node_id node) const noexcept {
    node_usage sum = pages_.usage(node);
    for_each([&sum, node](const Entry& entry) {
      const node_usage one = entry.memory.usage(node);
      if (one.footprint > 0) sum.outcome = one.outcome;
      sum.footprint += one.footprint;
      sum.spilled += one.spilled;
      sum.misplaced += one.misplaced;
    });
    return sum;
  }

  // Of all arenas and of the entries themselves; see residency.hpp. While nothing else runs.
  residency_report audit_residency(const residency_options& how) {
    residency_report sum = nearmem::audit_residency(pages_, how);
    for_each([&sum, &how](Entry& entry) { sum += entry.memory.audit_residency(how); });
    return sum;
  }
  residency_repair repair_residency() noexcept {
    residency_repair sum = nearmem::repair_residency(pages_);
    for_each([&sum](Entry& entry) { sum += entry.memory.repair_residency(); });
    return sum;
  }

  // To be called when an arena may have grown. O(entries).
  void note_peak() noexcept {
    const std::size_t now = footprint();
    std::size_t peak = peak_.load(std::memory_order_relaxed);
    while (now > peak && !peak_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
    }
  }

  const resource_options& options() const noexcept { return pages_.options(); }
  page_source& source() noexcept { return pages_.source(); }

  // Recomputes the invariants of all; false if one is broken. While nothing else runs.
  bool audit() const noexcept {
    bool sound = pages_.footprint() == pages_.metadata();
    for_each([&sound](const Entry& entry) { sound = sound && entry.memory.audit(); });
    return sound;
  }

 private:
  std::atomic<Entry*> front_{nullptr};
  std::atomic<std::size_t> peak_{0};
  page_account pages_;
};

}  // namespace nearmem
