#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>

#include <nearmem/alloc/account_usage.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

namespace nearmem {
namespace {

// More than any address space holds: refused before sums of it can wrap.
constexpr std::size_t most_bytes = std::numeric_limits<std::size_t>::max() / 4;

// Beyond what cells are aligned to, and still small: a cell with room to align within. Such a cell
// of up to 2 KiB is less than the page that the block would take otherwise.
constexpr bool aligns_within(std::size_t bytes, std::size_t alignment) noexcept {
  return alignment > size_class::largest_alignment && bytes <= 2048 && alignment <= 2048 &&
         bytes + alignment - size_class::largest_alignment <= 2048;
}

constexpr std::size_t index_within(std::size_t bytes, std::size_t alignment) noexcept {
  return size_class::index(bytes + alignment - size_class::largest_alignment,
                           size_class::largest_alignment);
}

}  // namespace

unsynchronized_slab_resource::unsynchronized_slab_resource(const resource_options& options)
    : pages_(options) {
  const std::size_t least = std::max<std::size_t>(options.cell_alignment, 1);
  expects(std::has_single_bit(least) && least <= 4096,
          "slab resource: cell_alignment is not a power of two up to 4096");
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    const std::size_t bytes = (size_class::cell_bytes(i) + least - 1) & ~(least - 1);
    const std::size_t natural = std::min(bytes & (~bytes + 1), size_class::largest_alignment);
    bins_[i].configure(bytes, std::max(least, natural));
  }
  for (std::size_t i = 0; i < bin_offsets_.size(); ++i) {
    bin_offsets_[i] = static_cast<std::uint16_t>(size_class::index(i * 16) * sizeof(slab_bin));
  }
  listing_.begin();
}

std::size_t unsynchronized_slab_resource::charge_for(std::size_t bytes,
                                                     std::size_t alignment) const noexcept {
  if (size_class::serves(bytes, alignment)) {
    return bins_[size_class::index(bytes, alignment)].cell_bytes();
  }
  if (aligns_within(bytes, alignment)) return bins_[index_within(bytes, alignment)].cell_bytes();
  return large_blocks::charge_for(bytes);
}

void* unsynchronized_slab_resource::allocate_fallback(std::size_t bytes, std::size_t alignment) {
  if (bytes > most_bytes || alignment > page_source::chunk_bytes) throw std::bad_alloc();
  page_grant why;
  void* address = try_allocate(bytes, alignment, why);
  // An allocation may free what is free, then must fail.
  if (address == nullptr && trim() > 0) address = try_allocate(bytes, alignment, why);
  if (address == nullptr) pages_.throw_failure(why, bytes);
  return address;
}

void* unsynchronized_slab_resource::try_allocate(std::size_t bytes, std::size_t alignment,
                                                 page_grant& why) noexcept {
  const bool within = aligns_within(bytes, alignment);
  if (!within && !size_class::serves(bytes, alignment)) {
    return large_.allocate(pages_, bytes, alignment, why);
  }
  slab_bin& bin =
      bins_[within ? index_within(bytes, alignment) : size_class::index(bytes, alignment)];
  void* cell = nullptr;
  if (!bin.try_pop(cell)) {
    if (!bin.refill(pages_, why)) return nullptr;
    bin.try_pop(cell);
  }
  if (!within) return cell;
  const auto address = reinterpret_cast<std::uintptr_t>(cell);
  return reinterpret_cast<void*>((address + alignment - 1) & ~(alignment - 1));
}

[[gnu::noinline]] void unsynchronized_slab_resource::deallocate_fallback(
    void* address, std::size_t bytes, std::size_t alignment) noexcept {
  if (size_class::serves(bytes, alignment)) {
    put(bins_[size_class::index(bytes, alignment)], address);
  } else if (aligns_within(bytes, alignment)) {
    const auto* home =
        static_cast<slab*>(static_cast<run_owner*>(pages_.source().owner_of(address)));
    put(bins_[index_within(bytes, alignment)], home->cell_around(address));
  } else {
    large_.deallocate(pages_, address, bytes);
  }
}

void unsynchronized_slab_resource::put(slab_bin& bin, void* cell) noexcept {
  if (bin.try_push(cell)) return;
  bin.spill(pages_);
  bin.try_push(cell);
}

void unsynchronized_slab_resource::expect_live(void* address, std::size_t bytes,
                                               std::size_t alignment) noexcept {
  expects(std::has_single_bit(alignment), "slab resource: the alignment is not a power of two");
  const bool within = aligns_within(bytes, alignment);
  if (!within && !size_class::serves(bytes, alignment)) return;  // large_ looks itself
  const std::size_t index =
      within ? index_within(bytes, alignment) : size_class::index(bytes, alignment);
  void* cell = address;
  if (within) {
    const auto* home = static_cast<slab*>(owner_in(pages_, run_use::slab, address));
    expects(home != nullptr && (reinterpret_cast<std::uintptr_t>(address) & (alignment - 1)) == 0,
            "slab: freed what is not of this resource, or with another alignment");
    cell = home->cell_around(address);
  }
  bins_[index].expect_live(pages_, cell);
  if constexpr (build_checks == check_level::hardened) {
    std::memset(cell, 0xdd, bins_[index].cell_bytes());
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
    const size_class_usage cells = bin.usage();
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
