#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>

#include <nearmem/alloc/slab_bin.hpp>
#include <nearmem/alloc/slab_tide.hpp>

namespace nearmem {
namespace {

constexpr std::size_t page_unit = 4096;
constexpr std::size_t largest_slab_bytes = 65536;
constexpr std::size_t cells_of_first_slab = 8;
constexpr std::size_t smallest_capacity = 8;
constexpr std::size_t largest_capacity = 128;

constexpr std::uint32_t partial_lists = 8;
constexpr std::uint32_t full_list = 0;
constexpr std::uint32_t empty_list = partial_lists + 1;

// The list for a slab: full, one of eight by how much of it is free, or empty.
std::uint32_t list_for(const slab& what) noexcept {
  const std::uint32_t free = what.free_cells();
  if (free == 0) return full_list;
  if (free == what.cells()) return empty_list;
  const auto width = static_cast<int>(std::bit_width(what.cells() - 1));
  return 1 + (free >> std::max(0, width - 3));
}

}  // namespace

// The cold part of a bin that has cut anything.
struct slab_shelf {
  std::array<slab_list, partial_lists + 2> lists;
  std::uint32_t empty_slabs = 0;
  std::uint32_t colour_bytes = 0;
  slab_tide tide;
};

void slab_bin::configure(std::size_t cell_bytes, std::size_t alignment) noexcept {
  expects(std::has_single_bit(alignment) && alignment <= page_unit && cell_bytes > 0 &&
              cell_bytes % alignment == 0,
          "slab: cells are a multiple of their alignment, a power of two up to 4096");
  cell_bytes_ = static_cast<std::uint32_t>(cell_bytes);
  alignment_ = static_cast<std::uint16_t>(alignment);
}

std::size_t slab_bin::first_slab_bytes(std::size_t cell_bytes) noexcept {
  const auto in_pages = [](std::size_t bytes) {
    return (bytes + page_unit - 1) / page_unit * page_unit;
  };
  return std::max(in_pages(cell_bytes),
                  std::min(in_pages(cells_of_first_slab * cell_bytes), largest_slab_bytes));
}

// An eighth of what is in use: what rests in the array keeps few slabs from becoming empty.
std::size_t slab_bin::wanted_capacity() const noexcept {
  return std::clamp(std::bit_floor(live() / 8), smallest_capacity, largest_capacity);
}

// Everything that other threads read changes here.
void slab_bin::settle(slab_account& pages, std::size_t cut, std::size_t free, void** bottom,
                      std::size_t in_array) noexcept {
  owner_version::change change(pages.version);
  cut_.set(cut);
  live_base_.store(cut - free + word_number(bottom), std::memory_order_release);
  bottom_ = bottom;
  top_.store(bottom + in_array, std::memory_order_release);
}

// Room for `cells` pointers, at least as many as the array holds; false if there is no memory for
// a larger one, which then stays as it was.
bool slab_bin::set_capacity(slab_account& pages, std::size_t cells, page_grant& why) noexcept {
  if (cells * sizeof(void*) > storage_bytes_) {
    const std::size_t bytes = cells * sizeof(void*);
    auto** larger = static_cast<void**>(pages.make_descriptor(bytes, why));
    if (larger == nullptr) return false;
    void** old = bottom_;
    const std::size_t used = in_array();
    if (used > 0) std::memcpy(larger, old, used * sizeof(void*));
    settle(pages, cut_.get(), free(), larger, used);
    if (old != nullptr) pages.drop_descriptor(old, storage_bytes_);
    storage_bytes_ = static_cast<std::uint16_t>(bytes);
  }
  end_ = bottom_ + cells;
  return true;
}

bool slab_bin::make_shelf(slab_account& pages, page_grant& why) noexcept {
  if (shelf_ == nullptr) {
    void* memory = pages.make_descriptor(sizeof(slab_shelf), why);
    if (memory == nullptr) return false;
    shelf_ = new (memory) slab_shelf();
  }
  return true;
}

slab* slab_bin::make_slab(slab_account& pages, page_grant& why) noexcept {
  const std::size_t first = first_slab_bytes(cell_bytes_);
  const std::size_t bytes =
      std::clamp(std::bit_floor(slab_bytes() / 8), first,
                 std::max(first, std::min(largest_slab_bytes, std::bit_floor(pages.quantum()))));
  why = pages.acquire(bytes);
  // What does not fit a budget as a large slab may fit it as a small one.
  if (!why.run && bytes > first) why = pages.acquire(first);
  if (!why.run) return nullptr;
  const page_run run = why.run;

  // Cells start a step further from slab to slab, so that equal cells of many slabs do not all
  // meet in one set of the cache. Powers of two leave no room for that, so where it costs little
  // they give a cell for it.
  const std::size_t line = std::max<std::size_t>(pages.source().hardware().line_bytes(), 64);
  const std::size_t step = std::max<std::size_t>(line, alignment_);
  std::size_t cells = run.bytes / cell_bytes_;
  if (std::has_single_bit(std::size_t{cell_bytes_}) && cell_bytes_ >= 4 * step && cells >= 32) {
    --cells;
  }
  const std::size_t slack = run.bytes - cells * cell_bytes_;
  if (shelf_->colour_bytes > slack || shelf_->colour_bytes % step != 0) shelf_->colour_bytes = 0;

  page_grant descriptor;
  void* memory = pages.make_descriptor(slab::descriptor_bytes(cells), descriptor);
  if (memory == nullptr) {
    pages.release(run);
    why = descriptor;
    return nullptr;
  }
  auto* made = new (memory)
      slab(*this, pages, run, shelf_->colour_bytes, cell_bytes_, static_cast<std::uint32_t>(cells));
  shelf_->colour_bytes += static_cast<std::uint32_t>(step);
  pages.source().set_owner(run, static_cast<run_owner*>(made));
  count_slabs(1, run);
  settle(pages, cut_.get() + cells, free() + cells, bottom_, in_array());
  return made;
}

void slab_bin::count_slabs(int sign, page_run run) noexcept {
  const auto times = static_cast<std::uint32_t>(sign);
  const auto pages = static_cast<std::uint32_t>(run.bytes / page_unit);
  slabs_.store(slabs_.load(std::memory_order_relaxed) + times, std::memory_order_relaxed);
  slab_pages_.store(slab_pages_.load(std::memory_order_relaxed) + times * pages,
                    std::memory_order_relaxed);
}

// Requires a slab of no list, whose cells are all free and no longer counted.
void slab_bin::drop_slab(slab_account& pages, slab& what) noexcept {
  const page_run run = what.run();
  count_slabs(-1, run);
  pages.drop_descriptor(&what, slab::descriptor_bytes(what.cells()));
  pages.release(run);
}

// Puts a slab on the list that its free cells say.
void slab_bin::shelve(slab& what) noexcept {
  const std::uint32_t from = slab_list::number_of(what);
  const std::uint32_t to = list_for(what);
  if (from == to) return;
  shelf_->lists[from].remove(what);
  shelf_->lists[to].insert(what, to);
  if (from == empty_list) {
    --shelf_->empty_slabs;
    shelf_->tide.flood();
  } else if (to == empty_list) {
    ++shelf_->empty_slabs;
    shelf_->tide.ebb();
  }
}

bool slab_bin::refill(slab_account& pages, page_grant& why) noexcept {
  if (!make_shelf(pages, why)) return false;
  if (!set_capacity(pages, wanted_capacity(), why) && bottom_ == nullptr) return false;
  const auto capacity = static_cast<std::uint32_t>(end_ - bottom_);
  const std::uint32_t wanted = std::max<std::uint32_t>(capacity / 2, 1);

  std::array<void*, largest_capacity> taken;
  std::uint32_t count = 0;
  while (count < wanted) {
    slab* from = nullptr;
    for (std::uint32_t list = 1; list <= empty_list && from == nullptr; ++list) {
      from = shelf_->lists[list].front();
    }
    if (from == nullptr) {
      if (count > 0) break;
      from = make_slab(pages, why);
      if (from == nullptr) return false;
      shelf_->lists[empty_list].insert(*from, empty_list);
      ++shelf_->empty_slabs;
    }
    count += from->take(taken.data() + count, wanted - count);
    shelve(*from);
  }
  // The lowest address goes out first.
  std::reverse_copy(taken.data(), taken.data() + count, bottom_);
  settle(pages, cut_.get(), free() - count, bottom_, count);
  return true;
}

void slab_bin::spill(slab_account& pages) noexcept {
  page_grant why;
  const std::size_t capacity = wanted_capacity();
  if (capacity > in_array() && set_capacity(pages, capacity, why)) return;
  const std::size_t kept = std::min(capacity, in_array()) / 2;
  put_back(pages, in_array() - kept);
  // Only a larger array can fail, and what is left fits half of this one.
  set_capacity(pages, std::min(capacity, std::size_t{storage_bytes_} / sizeof(void*)), why);
}

// Sets the bits of the array's oldest cells; gives back the slabs that become empty and that the
// tide does not want kept.
void slab_bin::put_back(slab_account& pages, std::size_t cells) noexcept {
  if (cells == 0) return;
  page_source& source = pages.source();
  std::array<slab*, largest_capacity> slabs;
  for (std::size_t i = 0; i < cells; ++i) {
    slabs[i] = static_cast<slab*>(static_cast<run_owner*>(source.owner_of(bottom_[i])));
    __builtin_prefetch(slabs[i], 1);
  }
  slab_list emptied;
  std::size_t uncut = 0;
  for (std::size_t i = 0; i < cells; ++i) {
    slab& home = *slabs[i];
    [[maybe_unused]] const bool was_used = home.set_free(home.index_of(bottom_[i]));
    expects(was_used, "slab: a cell was freed twice");
    shelve(home);
  }
  while (shelf_->empty_slabs > shelf_->tide.kept()) {
    slab& empty = *shelf_->lists[empty_list].front();
    shelf_->lists[empty_list].remove(empty);
    --shelf_->empty_slabs;
    emptied.insert(empty, empty_list);
    uncut += empty.cells();
  }
  const std::size_t left = in_array() - cells;
  std::memmove(bottom_, bottom_ + cells, left * sizeof(void*));
  settle(pages, cut_.get() - uncut, free() + cells - uncut, bottom_, left);
  while (slab* empty = emptied.front()) {
    emptied.remove(*empty);
    drop_slab(pages, *empty);
  }
}

std::size_t slab_bin::trim(slab_account& pages) noexcept {
  if (shelf_ == nullptr) return 0;
  put_back(pages, in_array());
  const std::size_t before = pages.footprint();
  shelf_->tide = slab_tide();
  while (slab* empty = shelf_->lists[empty_list].front()) {
    shelf_->lists[empty_list].remove(*empty);
    --shelf_->empty_slabs;
    settle(pages, cut_.get() - empty->cells(), free() - empty->cells(), bottom_, in_array());
    drop_slab(pages, *empty);
  }
  if (cut_.get() == 0) drop_storage(pages);
  return before - pages.footprint();
}

void slab_bin::release(slab_account& pages) noexcept {
  if (shelf_ == nullptr) return;
  for (slab_list& list : shelf_->lists) {
    while (slab* any = list.front()) {
      list.remove(*any);
      drop_slab(pages, *any);
    }
  }
  settle(pages, 0, 0, bottom_, 0);
  drop_storage(pages);
}

// Requires that nothing is cut.
void slab_bin::drop_storage(slab_account& pages) noexcept {
  void** storage = bottom_;
  settle(pages, 0, 0, nullptr, 0);
  end_ = nullptr;
  if (storage != nullptr) pages.drop_descriptor(storage, storage_bytes_);
  storage_bytes_ = 0;
  pages.drop_descriptor(shelf_, sizeof(slab_shelf));
  shelf_ = nullptr;
}

void slab_bin::expect_live(slab_account& pages, const void* cell) const noexcept {
  const auto* home = static_cast<slab*>(owner_in(pages, run_use::slab, cell));
  if (home == nullptr) {
    contract_violation("slab: freed what is not of this resource, or what it took back");
  }
  if (&home->bin() != this) contract_violation("slab: freed with another size or alignment");
  if (!home->has_cell_at(cell)) contract_violation("slab: freed an address inside a cell");
  void** const top = top_.load(std::memory_order_relaxed);
  if (home->is_free(home->index_of(cell)) || std::find(bottom_, top, cell) != top) {
    contract_violation("slab: a cell was freed twice");
  }
}

size_class_usage slab_bin::usage() const noexcept {
  size_class_usage usage;
  usage.cell_bytes = cell_bytes_;
  // In this order: see owner_version.
  void** const top = top_.load(std::memory_order_acquire);
  const std::size_t base = live_base_.load(std::memory_order_acquire);
  usage.cells = cut_.get();
  // Beside a change a reader may meet words of before and after; no more live than are cut.
  usage.used = std::min(base - word_number(top), usage.cells);
  usage.free = usage.cells - usage.used;
  usage.slabs = slabs_.load(std::memory_order_relaxed);
  usage.slab_bytes = slab_bytes();
  return usage;
}

bool slab_bin::audit_array(slab_account& pages) const noexcept {
  void** const top = top_.load(std::memory_order_relaxed);
  if (bottom_ > top || top > end_) return false;
  for (void** at = bottom_; at != top; ++at) {
    const auto* home = static_cast<slab*>(owner_in(pages, run_use::slab, *at));
    if (home == nullptr || &home->bin() != this || !home->has_cell_at(*at)) return false;
    if (home->is_free(home->index_of(*at)) || std::find(bottom_, at, *at) != at) return false;
  }
  return true;
}

bool slab_bin::audit(slab_account& pages, std::size_t& run_bytes) const noexcept {
  std::size_t cut = 0;
  std::size_t free_cells = 0;
  std::size_t slabs = 0;
  std::size_t bytes = 0;
  std::size_t empty = 0;
  if (shelf_ != nullptr) {
    for (const slab_list& list : shelf_->lists) {
      for (const slab* at = list.front(); at != nullptr; at = slab_list::after(*at)) {
        const std::uint32_t number = list_for(*at);
        if (&shelf_->lists[number] != &list || slab_list::number_of(*at) != number) return false;
        if (!at->audit() || &at->bin() != this || at->cell_bytes() != cell_bytes_) return false;
        if (reinterpret_cast<std::uintptr_t>(at->first_cell()) % alignment_ != 0) return false;
        const page_run run = at->run();
        for (std::size_t page = 0; page < run.bytes; page += page_unit) {
          if (owner_in(pages, run_use::slab, run.data + page) != at) return false;
        }
        cut += at->cells();
        free_cells += at->free_cells();
        empty += number == empty_list ? 1 : 0;
        bytes += run.bytes;
        ++slabs;
      }
    }
    if (bytes != slab_bytes() || empty != shelf_->empty_slabs) return false;
  }
  run_bytes += bytes;
  return cut == cut_.get() && free_cells == free() &&
         slabs == slabs_.load(std::memory_order_relaxed) && audit_array(pages);
}

}  // namespace nearmem
