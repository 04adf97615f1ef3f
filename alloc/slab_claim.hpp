#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace nearmem {

// Who holds a slab that many threads free into, and what they freed there meanwhile: one word.
//
//   held      │ 1 │ number of the holding heap: 39 bits          │ first cell of the chain: 24 │
//   nobody's  │ 0 │ free cells, those of the chain included: 39  │ first cell of the chain: 24 │
//
//             push: one atomic operation for a chain of cells
//   ┌──────┐ ────────────────────────► ┌────────────────┐
//   │ held │                           │ held, a chain  │
//   └──────┘ ◄──────────────────────── └────────────────┘
//    │    ▲     take: one exchange        ▲
//    │    │                               │
//    ▼    │ try_claim                     │ try_claim
//   ┌──────────┐ ────────────────────► ┌───────────────────┐
//   │ nobody's │  push, if it may stay │ nobody's, a chain │
//   └──────────┘                       └───────────────────┘
//
// A first cell of 0 is no chain. Only the holder changes the holder, so "is it mine" is one plain
// load. All else that changes of a slab, but for its links in a depot, is the holder's: a claim
// acquires it, giving it up releases it. Of nobody's slab the free cells are counted here, so that
// who frees into it knows without a look at the slab whether somebody should see to it.
//
// Thread rule: push(), try_claim() and what is const by any thread; the rest by the holder. What
// others change meanwhile, a chain or free cells, may be outdated when it is returned.
class slab_claim {
 public:
  // Heaps are numbered from 1.
  static constexpr unsigned chain_bits = 24;
  static constexpr std::uint64_t most_holders = std::uint64_t{1} << (63 - chain_bits);

  bool is_held_by(std::uint64_t holder) const noexcept { return is_held_by(load(), holder); }
  bool is_held() const noexcept { return is_held(load()); }
  // The first cell of the chain; 0 without one.
  std::uint32_t chain() const noexcept { return chain_of(load()); }
  // Free cells of a slab that nobody holds.
  std::uint32_t free_cells() const noexcept { return free_of(load()); }

  // Whether nobody holds the slab; if so, what its last holder did to it has happened.
  bool is_nobodys() const noexcept { return !is_held(word_.load(std::memory_order_acquire)); }

  // What was there when a slab was claimed.
  struct found {
    std::uint32_t free_cells = 0;
    std::uint32_t chain = 0;
  };
  // Takes the slab if nobody holds it; the chain stays on it.
  bool try_claim(std::uint64_t holder, found& what) noexcept {
    std::uint64_t word = load();
    std::uint64_t wanted = 0;
    do {
      if (is_held(word)) return false;
      wanted = held | holder << chain_bits | (word & chain_mask);
    } while (!word_.compare_exchange_weak(word, wanted, std::memory_order_acquire,
                                          std::memory_order_relaxed));
    what = {free_of(word), chain_of(word)};
    return true;
  }
  bool try_claim(std::uint64_t holder) noexcept {
    found unused;
    return try_claim(holder, unused);
  }

  // Puts a chain of `cells` cells in front of the one that is there, whose first cell link(first)
  // is told, 0 if there is none. False, and nothing has changed, if `holder` itself holds the slab,
  // or if nobody does and may_stay(free cells so far, free cells then) says that it must not stay
  // so.
  template <class Allowed, class Link>
  bool push(std::uint64_t holder, std::uint32_t first, std::uint32_t cells, Allowed may_stay,
            Link link) noexcept {
    std::uint64_t word = load();
    std::uint64_t wanted = 0;
    do {
      if (is_held_by(word, holder)) return false;
      wanted = (word & ~chain_mask) | first;
      if (!is_held(word)) {
        if (!may_stay(free_of(word), free_of(word) + cells)) return false;
        wanted += std::uint64_t{cells} << chain_bits;
      }
      link(chain_of(word));
    } while (!word_.compare_exchange_weak(word, wanted, std::memory_order_release,
                                          std::memory_order_relaxed));
    return true;
  }
  // Takes the chain: its first cell, or 0.
  std::uint32_t take() noexcept {
    if (chain() == 0) return 0;
    return chain_of(word_.exchange(load() & ~chain_mask, std::memory_order_acquire));
  }
  // Gives the slab up, which has so many free cells; false if a chain has come, which is to be
  // taken first.
  bool try_give_up(std::uint32_t free_cells) noexcept { return try_give_up_with(0, free_cells, 0); }
  // The same with a chain that begins with cell `first`, in front of the one that the slab was
  // found with, which begins with `before`. Of `free_cells` those of both are part. False if
  // another has come.
  bool try_give_up_with(std::uint32_t first, std::uint32_t free_cells,
                        std::uint32_t before) noexcept {
    std::uint64_t word = (load() & ~chain_mask) | before;
    return word_.compare_exchange_strong(word, std::uint64_t{free_cells} << chain_bits | first,
                                         std::memory_order_release, std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint64_t held = std::uint64_t{1} << 63;
  static constexpr std::uint64_t chain_mask = (std::uint64_t{1} << chain_bits) - 1;

  static bool is_held(std::uint64_t word) noexcept { return (word & held) != 0; }
  static bool is_held_by(std::uint64_t word, std::uint64_t holder) noexcept {
    return word >> chain_bits == (held >> chain_bits | holder);
  }
  static std::uint32_t chain_of(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word & chain_mask);
  }
  static std::uint32_t free_of(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word >> chain_bits);
  }
  std::uint64_t load() const noexcept { return word_.load(std::memory_order_relaxed); }

  std::atomic<std::uint64_t> word_{0};
};

}  // namespace nearmem
