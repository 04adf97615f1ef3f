#include <new>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/large_blocks.hpp>

namespace nearmem {

struct large_blocks::block : run_owner {
  page_run run{};
  std::size_t charged = 0;
  block* next = nullptr;
  block* previous = nullptr;
};

void* large_blocks::allocate(page_account& pages, std::size_t bytes, std::size_t alignment,
                             page_grant& why) noexcept {
  void* memory = pages.make_descriptor(sizeof(block), why);
  if (memory == nullptr) {
    why.also_needs(charge_for(bytes));
    return nullptr;
  }
  why = pages.acquire(charge_for(bytes), alignment);
  if (!why.run) {
    const std::size_t before = pages.footprint();
    pages.drop_descriptor(memory, sizeof(block));
    why.also_needs(before - pages.footprint());
    return nullptr;
  }
  auto* made = new (memory)
      block{{&pages, run_use::large_block}, why.run, charge_for(bytes), front_, nullptr};
  if (front_ != nullptr) front_->previous = made;
  front_ = made;
  pages.source().set_owner(made->run, static_cast<run_owner*>(made));
  charged_.add(made->charged);
  blocks_.add(1);
  return made->run.data;
}

std::size_t large_blocks::acquisition_bound(const page_account& pages, std::size_t bytes,
                                            std::size_t others) noexcept {
  return pages.acquisition_bound(charge_for(bytes), 1, sizeof(block), others);
}

void large_blocks::deallocate(page_account& pages, void* address, std::size_t bytes) noexcept {
  block* what = nullptr;
  if constexpr (build_checks == check_level::fast) {
    what = static_cast<block*>(static_cast<run_owner*>(pages.source().owner_of(address)));
  } else {
    what = static_cast<block*>(owner_in(pages, run_use::large_block, address));
    expects(what != nullptr && what->run.data == address,
            "slab resource: freed what is no block of this size of this resource");
    expects(what->charged == charge_for(bytes), "slab resource: freed with another size");
  }
  charged_.subtract(what->charged);
  blocks_.subtract(1);
  drop(pages, *what);
}

void large_blocks::release(page_account& pages) noexcept {
  charged_.set(0);
  blocks_.set(0);
  while (front_ != nullptr)
    drop(pages, *front_);
}

void large_blocks::drop(page_account& pages, block& what) noexcept {
  if (what.next != nullptr) what.next->previous = what.previous;
  (what.previous != nullptr ? what.previous->next : front_) = what.next;
  const page_run run = what.run;
  pages.drop_descriptor(&what, sizeof(block));
  pages.release(run);
}

bool large_blocks::audit(page_account& pages, std::size_t& run_bytes) const noexcept {
  std::size_t charged = 0;
  std::size_t blocks = 0;
  for (const block* at = front_; at != nullptr; at = at->next) {
    if (at->run.bytes < at->charged) return false;
    if (owner_in(pages, run_use::large_block, at->run.data) != at ||
        owner_in(pages, run_use::large_block, at->run.data + at->run.bytes - 1) != at) {
      return false;
    }
    charged += at->charged;
    run_bytes += at->run.bytes;
    ++blocks;
  }
  return charged == charged_.get() && blocks == blocks_.get();
}

}  // namespace nearmem
