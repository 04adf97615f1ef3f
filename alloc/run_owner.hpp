#pragma once

#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/page_account.hpp>

namespace nearmem {

// What a run of pages is used for.
enum class run_use : std::uint8_t { slab, large_block, arena_block };

// How every owner word begins that alloc/ leaves with page_source::set_owner(): enough to tell
// whose an address is before anything else of it is believed.
//
//   address ── page_source::owner_of ──► run_owner { account, use } ── more of the one or the other
struct run_owner {
  const page_account* account = nullptr;
  run_use use = run_use::slab;
  // Of a slab of many threads' cells: the number of the heap that had it last, cut to 32 bits; 0
  // for everything else. Any thread may read it, before it knows what this is, so it stands here;
  // no std::atomic, as owners are moved before anybody can know of them.
  std::uint32_t heap = 0;

  std::uint32_t last_heap() const noexcept { return __atomic_load_n(&heap, __ATOMIC_RELAXED); }
  void set_last_heap(std::uint32_t number) noexcept {
    __atomic_store_n(&heap, number, __ATOMIC_RELAXED);
  }
};

// The owner of the page of `address` if `account` took that page for `use`, else nullptr: foreign
// addresses, null, and pages that were given back included. O(1).
inline run_owner* owner_in(page_account& account, run_use use, const void* address) noexcept {
  page_source& pages = account.source();
  if (!pages.contains(address)) return nullptr;
  auto* owner = static_cast<run_owner*>(pages.owner_of(address));
  if (owner == nullptr || owner->account != &account || owner->use != use) return nullptr;
  return owner;
}

}  // namespace nearmem
