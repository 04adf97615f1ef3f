#include "examples/fullnode/component_memory.hpp"

#include <algorithm>
#include <utility>

#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/compat/core_pool.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "examples/fullnode/metered_resource.hpp"

namespace nearmem::fullnode {
namespace {

// Core's own: blocks up to 256 bytes are its own, the rest are malloc's.
using core_pool = PoolResource<256, alignof(std::max_align_t)>;

// What is held and not charged. A pool's cells may be smaller than what the model of malloc charges
// for the same block, so the difference may fall below nothing.
std::size_t free_in(const resource_usage& all) noexcept {
  const std::size_t taken = all.charged + all.metadata;
  return all.footprint > taken ? all.footprint - taken : 0;
}

// A foreign arena: what it is given goes back with it, whole.
class foreign_arena final : public accounted_resource {
 public:
  foreign_arena(std::pmr::memory_resource& below, nearmem::budget& payer)
      : footprint_(below, &payer), arena_(&footprint_), charged_(arena_) {}

  std::size_t charge_for(std::size_t bytes, std::size_t alignment) const noexcept override {
    return charged_.charge_for(bytes, alignment);
  }
  resource_usage usage() const noexcept override {
    resource_usage all = charged_.usage();
    const resource_usage below = footprint_.usage();
    all.footprint = below.footprint;
    all.peak_footprint = below.peak_footprint;
    all.unused = free_in(all);
    return all;
  }
  node_usage usage(node_id node) const noexcept override { return footprint_.usage(node); }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    return charged_.allocate(bytes, alignment);
  }
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override {
    charged_.deallocate(block, bytes, alignment);
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  metered_resource footprint_;
  std::pmr::monotonic_buffer_resource arena_;
  metered_resource charged_;
};

}  // namespace

component_memory::component_memory(const component_options& options, bool shared)
    : options_(options), budget_(options.name, options.limit, options.parent) {
  if (options.kind == resource_kind::nearmem) {
    if (shared) {
      resource_owner_ = std::make_unique<synchronized_slab_resource>(nearmem_options());
    } else {
      resource_owner_ = std::make_unique<unsynchronized_slab_resource>(nearmem_options());
    }
    resource_ = resource_owner_.get();
    bottom_ = resource_;
    return;
  }
  meter_ = std::make_unique<metered_resource>(*std::pmr::new_delete_resource(), &budget_);
  bottom_ = meter_.get();
  resource_ = meter_.get();
  if (options.kind == resource_kind::std_pool) {
    if (shared) {
      pool_ = std::make_unique<std::pmr::synchronized_pool_resource>(meter_.get());
    } else {
      pool_ = std::make_unique<std::pmr::unsynchronized_pool_resource>(meter_.get());
    }
    resource_owner_ = std::make_unique<metered_resource>(*pool_);
    resource_ = resource_owner_.get();
  } else if (options.kind == resource_kind::core_pool && !shared) {
    // Core has none that threads share: such components stay on malloc, as in Core.
    resource_owner_ = std::make_unique<core_pool>(
        std::min(core_pool::default_chunk_bytes, options.limit / 4), meter_.get());
    resource_ = resource_owner_.get();
  }
}

component_memory::~component_memory() = default;

std::shared_ptr<accounted_resource> component_memory::make_arena() {
  switch (options_.kind) {
    case resource_kind::nearmem:
      return std::make_shared<arena_resource>(nearmem_options());
    case resource_kind::new_delete:
      return std::make_shared<metered_resource>(*std::pmr::new_delete_resource(), &budget_);
    case resource_kind::std_pool:
    case resource_kind::core_pool:
      break;
  }
  return std::make_shared<foreign_arena>(*std::pmr::new_delete_resource(), budget_);
}

resource_options component_memory::nearmem_options() {
  resource_options made;
  made.name = options_.name;
  made.pages = options_.pages;
  made.budget = &budget_;
  return made;
}

resource_usage component_memory::usage() const noexcept {
  resource_usage all = resource_->usage();
  if (bottom_ == resource_) return all;
  const resource_usage below = bottom_->usage();
  all.footprint = below.footprint;
  all.peak_footprint = below.peak_footprint;
  all.unused = free_in(all);
  return all;
}

bool component_memory::has_room(std::size_t bytes) const noexcept {
  if (budget_.available() >= bytes) return true;
  if (options_.kind == resource_kind::std_pool) {
    // It does not tell what is free in it; the model of malloc charges about as much as it takes.
    return usage().charged + bytes + budget_.limit() / 8 <= budget_.limit();
  }
  // Free cells are of all sizes: half as much again are wanted of them, before one may hope.
  return usage().unused >= bytes + bytes / 2 + budget_.limit() / 256;
}

bool component_memory::make_room(std::size_t bytes) {
  return budget_.admit(std::max(bytes, budget_.limit() / 256));
}

void component_memory::trim() noexcept {
  if (pool_ && resource_->usage().blocks == 0) {
    // A standard pool gives nothing back but everything.
    if (auto* own = dynamic_cast<std::pmr::unsynchronized_pool_resource*>(pool_.get())) {
      own->release();
    }
    if (auto* shared = dynamic_cast<std::pmr::synchronized_pool_resource*>(pool_.get())) {
      shared->release();
    }
  }
  if (auto* slabs = dynamic_cast<unsynchronized_slab_resource*>(resource_)) slabs->trim();
  if (auto* slabs = dynamic_cast<synchronized_slab_resource*>(resource_)) slabs->trim();
}

component_sample component_memory::sample() const {
  component_sample seen;
  seen.name = options_.name;
  seen.limit = budget_.limit();
  const resource_usage books = usage();
  seen.peak_footprint = std::max(books.peak_footprint, peak_);
  add_books(seen, books);
  return seen;
}

void component_memory::add_books(component_sample& seen, const resource_usage& books) noexcept {
  seen.charged += books.charged;
  seen.unused += books.unused;
  seen.metadata += books.metadata;
  seen.footprint += books.footprint;
  seen.peak_footprint = std::max(seen.peak_footprint, seen.footprint);
}

}  // namespace nearmem::fullnode
