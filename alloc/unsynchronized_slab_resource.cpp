#include <cstring>
#include <new>

#include <nearmem/alloc/account_usage.hpp>
#include <nearmem/alloc/cell_request.hpp>
#include <nearmem/alloc/slab_cutter.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

namespace nearmem {
unsynchronized_slab_resource::unsynchronized_slab_resource(const resource_options& options)
    : pages_(options) {
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    const cell_shape shape = shape_of_class(i, options.cell_alignment);
    bins_[i].configure(shape.bytes, shape.alignment);
  }
  listing_.begin();
}

std::size_t unsynchronized_slab_resource::charge_for(std::size_t bytes,
                                                     std::size_t alignment) const noexcept {
  const cell_request request = cell_request::of(bytes, alignment);
  if (request.by_cell) return bins_[request.class_number].cell_bytes();
  return large_blocks::charge_for(bytes);
}

std::size_t unsynchronized_slab_resource::acquisition_bound(std::size_t bytes,
                                                            std::size_t alignment) const noexcept {
  const cell_request request = cell_request::of(bytes, alignment);
  if (!request.by_cell) return large_blocks::acquisition_bound(pages_, bytes);
  return slab_acquisition_bound(pages_, bins_[request.class_number].cell_bytes());
}

void* unsynchronized_slab_resource::allocate_fallback(std::size_t bytes, std::size_t alignment) {
  if (bytes > most_request_bytes || alignment > page_source::chunk_bytes) throw std::bad_alloc();
  page_grant why;
  void* address = try_allocate(bytes, alignment, why);
  // An allocation may free what is free, then must fail.
  if (address == nullptr && trim() > 0) address = try_allocate(bytes, alignment, why);
  if (address == nullptr) pages_.throw_failure(why);
  return address;
}

void* unsynchronized_slab_resource::try_allocate(std::size_t bytes, std::size_t alignment,
                                                 page_grant& why) noexcept {
  const cell_request request = cell_request::of(bytes, alignment);
  if (!request.by_cell) return large_.allocate(pages_, bytes, alignment, why);
  slab_bin& bin = bins_[request.class_number];
  void* cell = nullptr;
  if (!bin.try_pop(cell)) {
    if (!bin.refill(pages_, why)) return nullptr;
    bin.try_pop(cell);
  }
  return request.block_in(cell, alignment);
}

[[gnu::noinline]] void unsynchronized_slab_resource::deallocate_fallback(
    void* address, std::size_t bytes, std::size_t alignment) noexcept {
  const cell_request request = cell_request::of(bytes, alignment);
  if (!request.by_cell) return large_.deallocate(pages_, address, bytes);
  if (request.within) {
    const auto* home =
        static_cast<slab*>(static_cast<run_owner*>(pages_.source().owner_of(address)));
    address = home->cell_around(address);
  }
  put(bins_[request.class_number], address);
}

void unsynchronized_slab_resource::put(slab_bin& bin, void* cell) noexcept {
  if (bin.try_push(cell)) return;
  bin.spill(pages_);
  bin.try_push(cell);
}

void unsynchronized_slab_resource::expect_live(void* address, std::size_t bytes,
                                               std::size_t alignment) noexcept {
  expects(std::has_single_bit(alignment), "slab resource: the alignment is not a power of two");
  const cell_request request = cell_request::of(bytes, alignment);
  if (!request.by_cell) return;  // large_ looks itself
  void* cell = address;
  if (request.within) {
    const auto* home = static_cast<slab*>(owner_in(pages_, run_use::slab, address));
    expects(home != nullptr && (reinterpret_cast<std::uintptr_t>(address) & (alignment - 1)) == 0,
            "slab: freed what is not of this resource, or with another alignment");
    cell = home->cell_around(address);
  }
  bins_[request.class_number].expect_live(pages_, cell);
  if constexpr (build_checks == check_level::hardened) {
    std::memset(cell, 0xdd, bins_[request.class_number].cell_bytes());
  }
}

resource_usage unsynchronized_slab_resource::usage() const noexcept {
  return pages_.version.read([this] {
    std::size_t charged = large_.charged();
    std::size_t blocks = large_.blocks();
    for (const slab_bin& bin : bins_) {
      const size_class_usage cells = bin.usage();
      charged += cells.used * cells.cell_bytes;
      blocks += cells.used;
    }
    return account_usage(pages_, charged, blocks);
  });
}

void unsynchronized_slab_resource::describe(resource_description& into) const {
  into.kind = "slab";
  into.where = options().where;
  for (const slab_bin& bin : bins_) {
    const size_class_usage cells = pages_.version.read([&bin] { return bin.usage(); });
    if (cells.slabs > 0) into.size_classes.push_back(cells);
  }
}

std::size_t unsynchronized_slab_resource::trim() noexcept {
  std::size_t bytes = 0;
  for (slab_bin& bin : bins_)
    bytes += bin.trim(pages_);
  return bytes;
}

void unsynchronized_slab_resource::release() noexcept {
  for (slab_bin& bin : bins_)
    bin.release(pages_);
  large_.release(pages_);
}

bool unsynchronized_slab_resource::audit() noexcept {
  std::size_t run_bytes = 0;
  for (const slab_bin& bin : bins_) {
    if (!bin.audit(pages_, run_bytes)) return false;
  }
  if (!large_.audit(pages_, run_bytes)) return false;
  const resource_usage now = usage();
  return now.footprint == run_bytes + pages_.metadata() &&
         now.footprint == now.charged + now.unused + now.metadata;
}

}  // namespace nearmem
