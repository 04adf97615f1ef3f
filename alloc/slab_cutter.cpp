#include <algorithm>
#include <bit>
#include <limits>
#include <new>
#include <optional>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/cell_array.hpp>
#include <nearmem/alloc/size_class.hpp>
#include <nearmem/alloc/slab_cutter.hpp>
#include <nearmem/alloc/slab_layout.hpp>
#include <nearmem/alloc/slab_shelf.hpp>

namespace nearmem {
namespace {

constexpr std::size_t page_unit = 4096;
constexpr std::size_t largest_slab_bytes = 65536;
constexpr std::size_t cells_of_first_slab = 8;

constexpr std::size_t in_pages(std::size_t bytes) noexcept {
  return (bytes + page_unit - 1) / page_unit * page_unit;
}

}  // namespace

cell_shape shape_of_class(std::size_t class_number, std::size_t least) {
  least = std::max<std::size_t>(least, 1);
  expects(std::has_single_bit(least) && least <= page_unit,
          "slab resource: cell_alignment is not a power of two up to 4096");
  const std::size_t bytes = (size_class::cell_bytes(class_number) + least - 1) & ~(least - 1);
  const std::size_t natural = std::min(bytes & (~bytes + 1), size_class::largest_alignment);
  return {static_cast<std::uint32_t>(bytes), static_cast<std::uint32_t>(std::max(least, natural))};
}

std::size_t first_slab_bytes(std::size_t cell_bytes) noexcept {
  return std::max(in_pages(cell_bytes),
                  std::min(in_pages(cells_of_first_slab * cell_bytes), largest_slab_bytes));
}

std::size_t fitting_slab_bytes(std::size_t cell_bytes, std::size_t bytes) noexcept {
  return in_pages(std::max<std::size_t>(bytes / cell_bytes, 1) * cell_bytes);
}

std::size_t next_slab_bytes(const page_account& pages, std::size_t cell_bytes,
                            std::size_t cut_bytes) noexcept {
  std::size_t first = first_slab_bytes(cell_bytes);
  const std::size_t quantum = pages.quantum();
  if (first > quantum) first = fitting_slab_bytes(cell_bytes, quantum);
  return std::clamp(std::bit_floor(cut_bytes / 8), first,
                    std::max(first, std::min(largest_slab_bytes, std::bit_floor(quantum))));
}

std::size_t slab_acquisition_bound(const page_account& pages, std::size_t cell_bytes,
                                   std::size_t others) noexcept {
  const std::size_t most =
      next_slab_bytes(pages, cell_bytes, std::numeric_limits<std::size_t>::max());
  const std::size_t run = pages.options().huge_pages ? page_source::chunk_bytes : most;
  const std::size_t descriptor =
      std::max({slab::descriptor_bytes(run / cell_bytes), sizeof(slab_shelf),
                cell_array::largest_capacity * sizeof(void*)});
  return pages.acquisition_bound(most, 3, descriptor, others);
}

namespace {

// The same, with a slab of this size or none.
slab* cut_exactly(page_account& pages, const slab_user& user, cell_shape shape, std::size_t bytes,
                  std::uint32_t& slabs_cut, page_grant& why) noexcept {
  const std::optional<std::size_t> run_bytes = pages.run_bytes(bytes);
  if (!run_bytes) {
    why = {};
    why.failure = page_failure::address_space;
    return nullptr;
  }
  // Cells of different sizes are used together, so their first slabs differ as well.
  const std::uint32_t number = slabs_cut + shape.bytes / 16;
  const slab_layout layout =
      slab_layout::of(*run_bytes, shape.bytes, shape.alignment,
                      std::max<std::size_t>(pages.source().hardware().line_bytes(), 64), number);

  // The descriptor first, so that a refusal tells what both of them need.
  const std::size_t descriptor_bytes = slab::descriptor_bytes(layout.cells);
  void* memory = pages.make_descriptor(descriptor_bytes, why);
  if (memory == nullptr) {
    why.also_needs(*run_bytes);
    return nullptr;
  }
  why = pages.acquire(bytes);
  const page_run run = why.run;
  if (!run) {
    const std::size_t before = pages.footprint();
    pages.drop_descriptor(memory, descriptor_bytes);
    why.also_needs(before - pages.footprint());
    return nullptr;
  }
  auto* made = new (memory)
      slab(user, pages, run, layout.colour_bytes, shape.bytes, layout.cells, layout.first_out);
  ++slabs_cut;
  pages.source().set_owner(run, static_cast<run_owner*>(made));
  return made;
}

}  // namespace

slab* cut_slab(page_account& pages, const slab_user& user, cell_shape shape, std::size_t bytes,
               std::uint32_t& slabs_cut, page_grant& why) noexcept {
  for (;;) {
    slab* const made = cut_exactly(pages, user, shape, bytes, slabs_cut, why);
    // What does not fit a budget as a large slab may fit it as a small one.
    const std::size_t smaller = fitting_slab_bytes(shape.bytes, bytes / 2);
    if (made != nullptr || smaller >= bytes) return made;
    bytes = smaller;
  }
}

void drop_slab(page_account& pages, slab& what) noexcept {
  const page_run run = what.run();
  pages.drop_descriptor(&what, slab::descriptor_bytes(what.cells()));
  pages.release(run);
}

}  // namespace nearmem
