
#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/slab_shelf.hpp>

namespace nearmem {

void slab_shelf::insert(slab& what) noexcept {
  const std::uint32_t list = list_for(what);
  lists_[list].insert(what, list);
  free_cells_ += what.free_cells();
  if (list == empty_list) count_empty(what, 1);
}

void slab_shelf::count_empty(const slab& what, int sign) noexcept {
  empty_slabs_ += static_cast<std::uint32_t>(sign);
  empty_cells_ += static_cast<std::size_t>(sign) * what.cells();
}

void slab_shelf::remove(slab& what) noexcept {
  const std::uint32_t from = slab_list::number_of(what);
  lists_[from].remove(what);
  free_cells_ -= what.free_cells();
  if (from == empty_list) count_empty(what, -1);
}

slab* slab_shelf::fullest() const noexcept {
  for (std::uint32_t list = 1; list <= empty_list; ++list) {
    if (slab* found = lists_[list].front()) return found;
  }
  return nullptr;
}

slab* slab_shelf::roomiest() const noexcept {
  for (std::uint32_t list = partial_lists; list > full_list; --list) {
    if (slab* found = lists_[list].front()) return found;
  }
  return nullptr;
}

void slab_shelf::move(slab& what, std::uint32_t to) noexcept {
  const std::uint32_t from = slab_list::number_of(what);
  if (from == to) return;
  lists_[from].remove(what);
  lists_[to].insert(what, to);
  if (from == empty_list) {
    count_empty(what, -1);
    tide_.flood();
  } else if (to == empty_list) {
    count_empty(what, 1);
    tide_.ebb();
  }
}

std::uint32_t slab_shelf::take(slab& from, void** out, std::uint32_t most) noexcept {
  const std::uint32_t taken = from.take(out, most);
  free_cells_ -= taken;
  move(from, list_for(from));
  return taken;
}

bool slab_shelf::set_free(slab& home, std::uint32_t index) noexcept {
  [[maybe_unused]] const bool was_used = home.set_free(index);
  expects(was_used, "slab: a cell was freed twice");
  ++free_cells_;
  return settle(home);
}

// Moves a slab to where it belongs after cells were freed; whether it is empty now.
bool slab_shelf::settle(slab& home) noexcept {
  const std::uint32_t list = list_for(home);
  if (list == slab_list::number_of(home)) [[likely]]
    return false;
  move(home, list);
  return list == empty_list;
}

bool slab_shelf::audit() const noexcept {
  std::size_t free = 0;
  std::size_t empty = 0;
  std::size_t empty_cells = 0;
  for (std::uint32_t list = 0; list <= empty_list; ++list) {
    for (const slab* at = lists_[list].front(); at != nullptr; at = slab_list::after(*at)) {
      if (slab_list::number_of(*at) != list || list_for(*at) != list || !at->audit()) return false;
      free += at->free_cells();
      if (list != empty_list) continue;
      ++empty;
      empty_cells += at->cells();
    }
  }
  return free == free_cells_ && empty == empty_slabs_ && empty_cells == empty_cells_;
}

}  // namespace nearmem
