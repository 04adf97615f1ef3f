#include <algorithm>
#include <array>
#include <bit>
#include <new>

#include <nearmem/alloc/slab_bin.hpp>
#include <nearmem/alloc/slab_cutter.hpp>
#include <nearmem/alloc/slab_shelf.hpp>

namespace nearmem {

template <slab_return Return>
void basic_slab_bin<Return>::configure(std::size_t cell_bytes, std::size_t alignment) noexcept {
  expects(std::has_single_bit(alignment) && alignment <= 4096 && cell_bytes > 0 &&
              cell_bytes % alignment == 0,
          "slab: cells are a multiple of their alignment, a power of two up to 4096");
  cell_bytes_ = static_cast<std::uint32_t>(cell_bytes);
  alignment_ = static_cast<std::uint16_t>(alignment);
}

template <slab_return Return>
bool basic_slab_bin<Return>::make_shelf(page_account& pages, page_grant& why) noexcept {
  if (shelf_ == nullptr) {
    void* memory = pages.make_descriptor(sizeof(slab_shelf), why);
    if (memory == nullptr) {
      why.also_needs(fitting_slab_bytes(cell_bytes_, 0));
      return false;
    }
    shelf_ = new (memory) slab_shelf();
  }
  return true;
}

template <slab_return Return>
slab* basic_slab_bin<Return>::make_slab(page_account& pages, page_grant& why) noexcept {
  slab* const made =
      cut_slab(pages, {reinterpret_cast<std::uintptr_t>(this)}, {cell_bytes_, alignment_},
               next_slab_bytes(pages, cell_bytes_, slab_bytes()), shelf_->slabs_cut(), why);
  if (made == nullptr) return nullptr;
  const owner_version::change change(pages.version);
  count_slabs(pages, 1, made->run());
  cut_.add(made->cells());
  return made;
}

template <slab_return Return>
void basic_slab_bin<Return>::count_slabs(page_account& pages, int sign, page_run run) noexcept {
  const auto times = static_cast<std::uint32_t>(sign);
  const auto units = static_cast<std::uint32_t>(run.bytes / 4096);
  const owner_version::change change(pages.version);
  slabs_.store(slabs_.load(std::memory_order_relaxed) + times, std::memory_order_release);
  slab_pages_.store(slab_pages_.load(std::memory_order_relaxed) + times * units,
                    std::memory_order_release);
}

// Requires a slab of no list, whose cells are no longer counted as cut.
template <slab_return Return>
void basic_slab_bin<Return>::drop(page_account& pages, slab& what) noexcept {
  count_slabs(pages, -1, what.run());
  drop_slab(pages, what);
}

template <slab_return Return>
bool basic_slab_bin<Return>::refill(page_account& pages, page_grant& why) noexcept {
  if (!make_shelf(pages, why)) return false;
  if (!reserve(pages, pages.version, suitable_capacity(live(), cell_bytes_, slab_bytes()), why) &&
      capacity() == 0) {
    return false;
  }
  const auto wanted = static_cast<std::uint32_t>(std::max<std::size_t>(capacity() / 2, 1));
  std::array<void*, largest_capacity> taken;
  std::uint32_t count = 0;
  while (count < wanted) {
    slab* from = shelf_->fullest();
    if (from == nullptr) {
      if (count > 0) break;
      from = make_slab(pages, why);
      if (from == nullptr) return false;
      shelf_->insert(*from);
    }
    count += shelf_->take(*from, taken.data() + count, wanted - count);
  }
  fill(pages.version, taken.data(), count);
  return true;
}

template <slab_return Return>
void basic_slab_bin<Return>::spill(page_account& pages) noexcept {
  page_grant why;
  const std::size_t room = suitable_capacity(live(), cell_bytes_, slab_bytes());
  if (room > size() && reserve(pages, pages.version, room, why)) return;
  const std::size_t kept = std::min(room, size()) / 2;
  put_back(pages, size() - kept);
  // Only a larger array can fail, and what is left fits half of this one.
  reserve(pages, pages.version, std::min(room, storage_bytes() / sizeof(void*)), why);
}

// Sets the bits of the array's oldest cells; gives back the slabs that become empty and that
// neither the tide nor trim() wants kept.
template <slab_return Return>
void basic_slab_bin<Return>::put_back(page_account& pages, std::size_t cells) noexcept {
  if (cells == 0) return;
  std::array<slab*, largest_capacity> slabs;
  find_slabs(pages.source(), {begin(), cells}, slabs);
  for (std::size_t i = 0; i < cells; ++i)
    shelf_->set_free(*slabs[i], slabs[i]->index_of(begin()[i]));
  slab_list emptied;
  std::size_t uncut = 0;
  while (Return == slab_return::when_empty && shelf_->empty_slabs() > shelf_->kept()) {
    slab& empty = *shelf_->empty();
    shelf_->remove(empty);
    emptied.insert(empty, 0);
    uncut += empty.cells();
  }
  {
    owner_version::change change(pages.version);
    cut_.subtract(uncut);
    drop_oldest(pages.version, cells);
  }
  while (slab* empty = emptied.front()) {
    emptied.remove(*empty);
    drop(pages, *empty);
  }
}

template <slab_return Return>
std::size_t basic_slab_bin<Return>::trim(page_account& pages) noexcept {
  if (shelf_ == nullptr) return 0;
  put_back(pages, size());
  const std::size_t before = pages.footprint();
  shelf_->forget_tides();
  while (slab* empty = shelf_->empty()) {
    shelf_->remove(*empty);
    cut_.subtract(empty->cells());
    drop(pages, *empty);
  }
  if (cut_.get() == 0) drop_all_storage(pages);
  return before - pages.footprint();
}

template <slab_return Return>
void basic_slab_bin<Return>::release(page_account& pages) noexcept {
  if (shelf_ == nullptr) return;
  forget_cells(pages);
  shelf_->for_each([&](slab& any) {
    shelf_->remove(any);
    drop(pages, any);
  });
  drop_all_storage(pages);
}

template <slab_return Return>
void basic_slab_bin<Return>::forget_cells(page_account& pages) noexcept {
  const owner_version::change change(pages.version);
  cut_.set(0);
  clear(pages.version);
}

// Requires that no slab is left.
template <slab_return Return>
void basic_slab_bin<Return>::drop_all_storage(page_account& pages) noexcept {
  forget_cells(pages);
  drop_storage(pages, pages.version);
  pages.drop_descriptor(shelf_, sizeof(slab_shelf));
  shelf_ = nullptr;
}

template <slab_return Return>
void basic_slab_bin<Return>::expect_live(page_account& pages, const void* cell) const noexcept {
  const auto* home = static_cast<slab*>(owner_in(pages, run_use::slab, cell));
  if (home == nullptr) {
    contract_violation("slab: freed what is not of this resource, or what it took back");
  }
  if (!serves(*home)) contract_violation("slab: freed with another size or alignment");
  if (!home->has_cell_at(cell)) contract_violation("slab: freed an address inside a cell");
  if (home->is_free(home->index_of(cell)) || std::find(begin(), end(), cell) != end()) {
    contract_violation("slab: a cell was freed twice");
  }
}

template <slab_return Return>
size_class_usage basic_slab_bin<Return>::usage() const noexcept {
  size_class_usage usage;
  usage.cell_bytes = cell_bytes_;
  usage.used = live();
  usage.cells = cut_.get();
  usage.slabs = slabs_.load(std::memory_order_acquire);
  usage.slab_bytes = slab_bytes();
  return settled(usage);
}

template <slab_return Return>
bool basic_slab_bin<Return>::audit_array(page_account& pages) const noexcept {
  if (size() > capacity() || capacity() * sizeof(void*) > storage_bytes()) return false;
  for (void* const* at = begin(); at != end(); ++at) {
    const auto* home = static_cast<slab*>(owner_in(pages, run_use::slab, *at));
    if (home == nullptr || !serves(*home) || !home->has_cell_at(*at)) return false;
    if (home->is_free(home->index_of(*at)) || std::find(begin(), at, *at) != at) return false;
  }
  return true;
}

template <slab_return Return>
bool basic_slab_bin<Return>::audit(page_account& pages, std::size_t& run_bytes) const noexcept {
  std::size_t cut = 0;
  std::size_t free_cells = 0;
  std::size_t slabs = 0;
  std::size_t bytes = 0;
  bool sound = shelf_ == nullptr || shelf_->audit();
  if (shelf_ != nullptr) {
    shelf_->for_each([&](const slab& one) {
      const page_run run = one.run();
      sound = sound && serves(one) && one.cell_bytes() == cell_bytes_ &&
              reinterpret_cast<std::uintptr_t>(one.first_cell()) % alignment_ == 0;
      for (std::size_t page = 0; page < run.bytes; page += 4096)
        sound = sound && owner_in(pages, run_use::slab, run.data + page) == &one;
      cut += one.cells();
      free_cells += one.free_cells();
      bytes += run.bytes;
      ++slabs;
    });
  }
  run_bytes += bytes;
  return sound && bytes == slab_bytes() && cut == cut_.get() &&
         cut == live() + size() + free_cells && slabs == slabs_.load(std::memory_order_relaxed) &&
         audit_array(pages);
}

template class basic_slab_bin<slab_return::when_empty>;
template class basic_slab_bin<slab_return::by_trim>;

}  // namespace nearmem
