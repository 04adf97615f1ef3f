#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace nearmem {

// Who holds a slab that many threads free into, and what they freed there meanwhile: one word.
//
//   word_  │ number of the holding heap: 40 bits │ first cell of the chain, plus 1: 24 bits │
//          └ 0: nobody holds it ─────────────────┴ 0: no chain; always so where nobody holds it
//
//             push: one atomic operation for a chain of cells
//   ┌──────┐ ────────────────────────► ┌────────────────┐
//   │ held │                           │ held, a chain  │
//   └──────┘ ◄──────────────────────── └────────────────┘
//    │    ▲     take: one exchange
//    │    │
//    ▼    │ try_claim: who frees into a slab that nobody holds, or wants its free cells
//   ┌────────┐
//   │ nobody │   a slab without free cells, or with some, on the shelf of its node's depot
//   └────────┘
//
// Only the holder changes the holder, so "is it mine" is one plain load. All else of a slab, its
// bits included, belongs to the holder: a claim acquires it, giving it up releases it.
//
// Thread rule: is_held_by(), push() and try_claim() by any thread; the rest by the holder.
class slab_claim {
 public:
  // Heaps are numbered from 1.
  static constexpr unsigned chain_bits = 24;
  static constexpr std::uint64_t most_holders = std::uint64_t{1} << (64 - chain_bits);

  bool is_held_by(std::uint64_t holder) const noexcept {
    return word_.load(std::memory_order_relaxed) >> chain_bits == holder;
  }
  bool is_held() const noexcept { return word_.load(std::memory_order_relaxed) != 0; }
  std::uint64_t holder() const noexcept {
    return word_.load(std::memory_order_relaxed) >> chain_bits;
  }
  // The first cell of the chain, plus 1; 0 without one.
  std::uint32_t chain() const noexcept { return chain_of(word_.load(std::memory_order_relaxed)); }

  // Takes the slab if nobody holds it.
  bool try_claim(std::uint64_t holder) noexcept {
    std::uint64_t nobody = 0;
    return word_.compare_exchange_strong(nobody, holder << chain_bits, std::memory_order_acquire,
                                         std::memory_order_relaxed);
  }
  // Puts a chain that begins at cell `first - 1` in front of the one that is there; `link` is told
  // how that one begins, 0 if there is none. False if nobody holds the slab, and then nothing has
  // changed.
  template <class Link>
  bool push(std::uint32_t first, Link link) noexcept {
    std::uint64_t word = word_.load(std::memory_order_relaxed);
    do {
      link(chain_of(word));
      // An earlier turn may have linked to a chain that the holder took before giving the slab up.
      if (word == 0) return false;
    } while (!word_.compare_exchange_weak(word, (word & ~chain_mask) | first,
                                          std::memory_order_release, std::memory_order_relaxed));
    return true;
  }
  // Takes the chain: its first cell plus 1, or 0.
  std::uint32_t take() noexcept {
    if (chain() == 0) return 0;
    return chain_of(word_.exchange(word_.load(std::memory_order_relaxed) & ~chain_mask,
                                   std::memory_order_acquire));
  }
  // Gives the slab up; false if a chain has come, which is to be taken first.
  bool try_give_up() noexcept {
    std::uint64_t word = word_.load(std::memory_order_relaxed) & ~chain_mask;
    return word_.compare_exchange_strong(word, 0, std::memory_order_release,
                                         std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint64_t chain_mask = (std::uint64_t{1} << chain_bits) - 1;
  static std::uint32_t chain_of(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word & chain_mask);
  }

  std::atomic<std::uint64_t> word_{0};
};

}  // namespace nearmem
