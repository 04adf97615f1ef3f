#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include <nearmem/alloc/counted_mutex.hpp>
#include <nearmem/alloc/large_blocks.hpp>
#include <nearmem/alloc/owner_counter.hpp>
#include <nearmem/alloc/page_account.hpp>
#include <nearmem/alloc/size_class.hpp>
#include <nearmem/alloc/slab_cutter.hpp>
#include <nearmem/alloc/slab_shelf.hpp>

namespace nearmem {

// The one page account of a resource that many threads use, behind a lock: slabs, descriptors and
// large blocks come from here and go back here.
//
//   heaps, depots ── mutex_ ── account_ ── slabs   counted by class: counts_
//                                      ├── descriptors
//                                      └── large_
//
// A slab leaves held by the heap that it was made for. The lock is never taken for a block that a
// slab serves.
//
// Invariant: counts_ are those of the slabs and shelves that were made and not dropped.
// Thread rule: any.
class slab_supply {
 public:
  // Of one size class; each is changed under the lock and may be read at any time.
  struct class_counts {
    owner_counter cells;
    owner_counter slabs;
    owner_counter slab_bytes;
    owner_counter shelves;  // heaps that hold slabs of the class, or did
  };

  // Takes no memory. Requires options.cell_alignment to be 0 or a power of two up to 4096.
  explicit slab_supply(const resource_options& options);

  cell_shape shape(std::size_t class_number) const noexcept { return shapes_[class_number]; }
  const class_counts& counts(std::size_t class_number) const noexcept {
    return counts_[class_number];
  }
  const resource_options& options() const noexcept { return account_.options(); }
  const page_account& account() const noexcept { return account_; }
  // Requires that something was taken before.
  page_source& source() noexcept { return account_.source(); }

  // A new slab of the class in `user`, held by `holder`, which has `in_use` cells of it: slabs grow
  // with what is cut in all and with what the heap uses itself. nullptr with the reason in `why`.
  slab* make_slab(const slab_user& user, std::uint64_t holder, std::size_t in_use,
                  std::uint32_t& slabs_cut, page_grant& why) noexcept;
  // Gives back slabs whose cells are all free and that nobody holds or only the caller.
  void drop_slabs(slab_list& slabs) noexcept;

  // A shelf for a heap's slabs of the class; nullptr with the reason in `why`.
  slab_shelf* make_shelf(std::size_t class_number, page_grant& why) noexcept;
  void drop_shelf(std::size_t class_number, slab_shelf* shelf) noexcept;

  // As page_account's.
  void* make_descriptor(std::size_t bytes, page_grant& why) noexcept;
  void drop_descriptor(void* descriptor, std::size_t bytes) noexcept;

  // As large_blocks'.
  void* allocate_large(std::size_t bytes, std::size_t alignment, page_grant& why) noexcept;
  void deallocate_large(void* address, std::size_t bytes) noexcept;
  const large_blocks& large() const noexcept { return large_; }

  // The owner of an address, if it is this account's and used so; else nullptr.
  run_owner* owner(run_use use, const void* address) noexcept {
    return owner_in(account_, use, address);
  }
  // Calls work(account, large) under the lock.
  template <class Work>
  auto with_account(Work work) {
    const std::lock_guard lock(mutex_);
    return work(account_, large_);
  }
  template <class Work>
  auto with_account(Work work) const {
    const std::lock_guard lock(mutex_);
    return work(account_, large_);
  }

  // Takes every slab and every large block back, whoever uses them.
  void release() noexcept;

  // How often the lock was taken.
  std::size_t locks_taken() const noexcept { return mutex_.taken(); }
  // Around a fork.
  void lock() noexcept { mutex_.lock(); }
  void unlock() noexcept { mutex_.unlock(); }

 private:
  void drop(slab& what) noexcept;

  mutable counted_mutex mutex_;
  page_account account_;
  large_blocks large_;
  std::array<cell_shape, size_class::count> shapes_;
  std::array<class_counts, size_class::count> counts_;
};

}  // namespace nearmem
