#include <algorithm>

#include <nearmem/alloc/page_chunk.hpp>

namespace nearmem {
namespace {

// `count` ones from bit `first` on. Requires first + count <= 64 and count >= 1.
constexpr std::uint64_t ones(std::size_t first, std::size_t count) noexcept {
  return (~std::uint64_t{0} >> (64 - count)) << first;
}

// Calls visit(word, mask) for every word that [first, first + count) touches.
template <class Visit>
void for_words(std::size_t first, std::size_t count, Visit visit) noexcept {
  while (count != 0) {
    const std::size_t bit = first % 64;
    const std::size_t here = std::min(count, 64 - bit);
    visit(first / 64, ones(bit, here));
    first += here;
    count -= here;
  }
}

}  // namespace

std::size_t page_chunk::find(std::size_t count, std::size_t step,
                             std::size_t pages) const noexcept {
  std::size_t at = 0;
  while (at + count <= pages) {
    // Every page from `at` on is free up to `free`, where one is taken or enough have been seen.
    std::size_t free = at;
    while (free < at + count) {
      const std::uint64_t rest = taken[free / 64] >> (free % 64);
      if (rest != 0) {
        free += static_cast<std::size_t>(std::countr_zero(rest));
        break;
      }
      free += 64 - free % 64;
    }
    if (free >= at + count) return at;
    // On behind the taken pages, at the next multiple.
    while (free < pages) {
      const std::uint64_t rest = ~taken[free / 64] >> (free % 64);
      if (rest != 0) {
        free += static_cast<std::size_t>(std::countr_zero(rest));
        break;
      }
      free += 64 - free % 64;
    }
    at = (free + step - 1) & ~(step - 1);
  }
  return pages;
}

void page_chunk::take(std::size_t first, std::size_t count) noexcept {
  for_words(first, count, [this](std::size_t word, std::uint64_t mask) { taken[word] |= mask; });
  taken_pages = static_cast<std::uint16_t>(taken_pages + count);
}

void page_chunk::give_back(std::size_t first, std::size_t count) noexcept {
  for_words(first, count, [this](std::size_t word, std::uint64_t mask) { taken[word] &= ~mask; });
  taken_pages = static_cast<std::uint16_t>(taken_pages - count);
}

bool page_chunk::all_taken(std::size_t first, std::size_t count) const noexcept {
  bool all = true;
  for_words(first, count, [this, &all](std::size_t word, std::uint64_t mask) {
    all = all && (taken[word] & mask) == mask;
  });
  return all;
}

}  // namespace nearmem
