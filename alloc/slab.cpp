#include <algorithm>
#include <bit>

#include <nearmem/alloc/slab.hpp>

namespace nearmem {
namespace {

// Sets the first `bits` bits of words that may hold more.
void set_first(std::uint64_t* words, std::size_t bits) noexcept {
  for (; bits >= 64; bits -= 64)
    *words++ = ~std::uint64_t{0};
  if (bits > 0) *words = (std::uint64_t{1} << bits) - 1;
}

}  // namespace

slab::slab(const slab_user& user, page_account& pages, page_run run, std::size_t colour_bytes,
           std::uint32_t cell_bytes, std::uint32_t cells, std::uint32_t first_out) noexcept
    : run_owner{&pages, run_use::slab},
      bin_(user.bin),
      grid_(cell_grid::of(run.data + colour_bytes, cell_bytes, cells)),
      class_number_(user.class_number),
      summary_words_(static_cast<std::uint32_t>(words_for(words_for(cells)))),
      first_out_(first_out),
      eighth_shift_(cells > 8 ? static_cast<std::uint32_t>(std::bit_width(cells - 1)) - 3 : 0),
      run_(run) {
  set_all_free();
}

void slab::set_all_free() noexcept {
  set_first(summary(), words_for(cells()));
  set_first(words(), cells());
  free_cells_ = cells();
}

std::uint32_t slab::take(void** out, std::uint32_t most) noexcept {
  const std::uint32_t wanted = std::min(most, free_cells_);
  std::uint32_t taken = take_from(first_out_, out, wanted);
  if (taken < wanted) taken += take_from(0, out + taken, wanted - taken);
  free_cells_ -= taken;
  return taken;
}

// Takes from cell `begin` on, by their addresses; leaves free_cells_ as it is.
std::uint32_t slab::take_from(std::uint32_t begin, void** out, std::uint32_t wanted) noexcept {
  std::uint32_t taken = 0;
  // What of the first group and of its first word lies before `begin` is left out.
  std::uint64_t of_group = ~std::uint64_t{0} << (begin / 64 % 64);
  for (std::uint64_t* group = summary() + begin / 4096;
       taken < wanted && group != summary() + summary_words_; ++group) {
    const std::size_t first_word = static_cast<std::size_t>(group - summary()) * 64;
    for (std::uint64_t left = *group & of_group; left != 0 && taken < wanted; left &= left - 1) {
      const std::uint64_t in_group = left & (~left + 1);
      const std::size_t at = first_word + static_cast<std::size_t>(std::countr_zero(left));
      std::uint64_t& word = words()[at];
      const std::uint64_t usable =
          at == begin / 64 ? word & (~std::uint64_t{0} << (begin % 64)) : word;
      std::byte* const of_word = grid_.first + at * 64 * grid_.cell_bytes;
      std::uint64_t kept = usable;
      for (; kept != 0 && taken < wanted; kept &= kept - 1)
        out[taken++] =
            of_word + static_cast<std::size_t>(std::countr_zero(kept)) * grid_.cell_bytes;
      word ^= usable ^ kept;
      if (word == 0) *group &= ~in_group;
    }
    of_group = ~std::uint64_t{0};
  }
  return taken;
}

bool slab::audit() const noexcept {
  std::size_t set = 0;
  for (std::size_t i = 0; i < words_for(grid_.cells); ++i) {
    const std::uint64_t word = words()[i];
    set += static_cast<std::size_t>(std::popcount(word));
    const bool summarised = (summary()[i / 64] >> (i % 64) & 1) != 0;
    if (summarised != (word != 0)) return false;
    if (i == grid_.cells / 64 && (word >> (grid_.cells % 64)) != 0) return false;
  }
  return set == free_cells_ && grid_.first >= run_.data &&
         grid_.at(grid_.cells) <= run_.data + run_.bytes;
}

}  // namespace nearmem
