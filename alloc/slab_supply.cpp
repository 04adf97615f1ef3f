#include <algorithm>
#include <new>

#include <nearmem/alloc/slab_supply.hpp>

namespace nearmem {

slab_supply::slab_supply(const resource_options& options) : account_(options) {
  for (std::size_t i = 0; i < shapes_.size(); ++i)
    shapes_[i] = shape_of_class(i, options.cell_alignment);
}

slab* slab_supply::make_slab(const slab_user& user, std::uint64_t holder, std::size_t in_use,
                             std::uint32_t& slabs_cut, page_grant& why) noexcept {
  class_counts& counts = counts_[user.class_number];
  const cell_shape shape = shapes_[user.class_number];
  const std::lock_guard lock(mutex_);
  // A heap's own use counts whole, so that its slabs soon reach the size that the class suits.
  const std::size_t cut = std::min(counts.slab_bytes.get(), in_use * shape.bytes * 8);
  slab* const made =
      cut_slab(account_, user, shape, next_slab_bytes(account_, shape.bytes, cut), slabs_cut, why);
  if (made == nullptr) return nullptr;
  counts.cells.add(made->cells());
  counts.slabs.add(1);
  counts.slab_bytes.add(made->run().bytes);
  made->claim().try_claim(holder);
  return made;
}

void slab_supply::drop(slab& what) noexcept {
  class_counts& counts = counts_[what.class_number()];
  counts.cells.subtract(what.cells());
  counts.slabs.subtract(1);
  counts.slab_bytes.subtract(what.run().bytes);
  drop_slab(account_, what);
}

void slab_supply::drop_slabs(slab_list& slabs) noexcept {
  if (slabs.front() == nullptr) return;
  const std::lock_guard lock(mutex_);
  while (slab* one = slabs.front()) {
    slabs.remove(*one);
    drop(*one);
  }
}

slab_shelf* slab_supply::make_shelf(std::size_t class_number, page_grant& why) noexcept {
  const std::lock_guard lock(mutex_);
  void* const memory = account_.make_descriptor(sizeof(slab_shelf), why);
  if (memory == nullptr) return nullptr;
  counts_[class_number].shelves.add(1);
  return new (memory) slab_shelf();
}

void slab_supply::drop_shelf(std::size_t class_number, slab_shelf* shelf) noexcept {
  const std::lock_guard lock(mutex_);
  counts_[class_number].shelves.subtract(1);
  account_.drop_descriptor(shelf, sizeof(slab_shelf));
}

void* slab_supply::make_descriptor(std::size_t bytes, page_grant& why) noexcept {
  const std::lock_guard lock(mutex_);
  return account_.make_descriptor(bytes, why);
}

void slab_supply::drop_descriptor(void* descriptor, std::size_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  account_.drop_descriptor(descriptor, bytes);
}

void* slab_supply::allocate_large(std::size_t bytes, std::size_t alignment,
                                  page_grant& why) noexcept {
  const std::lock_guard lock(mutex_);
  return large_.allocate(account_, bytes, alignment, why);
}

void slab_supply::deallocate_large(void* address, std::size_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  large_.deallocate(account_, address, bytes);
}

void slab_supply::release() noexcept {
  const std::lock_guard lock(mutex_);
  large_.release(account_);
  if (account_.footprint() == 0) return;
  // Full slabs are on no list: all are found by the account's ledger, and chained anew.
  slab_list all;
  page_source& source = account_.source();
  account_.for_each_run([&](const page_record& run) {
    auto* owner = static_cast<run_owner*>(source.owner_of(run.data));
    if (owner != nullptr && owner->use == run_use::slab) all.insert(*static_cast<slab*>(owner), 0);
  });
  while (slab* one = all.front()) {
    all.remove(*one);
    drop(*one);
  }
}

}  // namespace nearmem
