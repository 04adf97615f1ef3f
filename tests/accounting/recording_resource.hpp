#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <memory_resource>
#include <new>
#include <stdexcept>

#include <nearmem/accounting/accounted_resource.hpp>
#include <nearmem/accounting/block_charge.hpp>

namespace nearmem {

// A resource that writes down every block it hands out, and refuses one that comes back in another
// shape than it went. Charges are odd on purpose: no model of malloc answers like this.
class recording_resource final : public accounted_resource {
 public:
  std::size_t charge_for(std::size_t bytes, std::size_t alignment) const noexcept override {
    return bytes + 3 * alignment + 1;
  }
  resource_usage usage() const noexcept override {
    resource_usage sum;
    sum.charged = charged_;
    sum.footprint = charged_;
    sum.peak_footprint = peak_;
    sum.blocks = live_.size();
    return sum;
  }
  node_usage usage(node_id) const noexcept override { return {}; }

  const std::map<void*, block_shape>& blocks() const noexcept { return live_; }

  // Grants so many more blocks, then throws std::bad_alloc until told otherwise.
  static constexpr std::size_t no_end = std::numeric_limits<std::size_t>::max();
  void grant(std::size_t blocks) noexcept { grants_ = blocks; }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    if (grants_ == 0) throw std::bad_alloc();
    if (grants_ != no_end) --grants_;
    void* block = ::operator new(bytes, std::align_val_t{alignment});
    live_.emplace(block, block_shape{bytes, alignment});
    charged_ += charge_for(bytes, alignment);
    peak_ = std::max(peak_, charged_);
    return block;
  }
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override {
    const auto found = live_.find(block);
    if (found == live_.end() || found->second != block_shape{bytes, alignment}) {
      throw std::logic_error("a block came back that never went, or in another shape");
    }
    live_.erase(found);
    charged_ -= charge_for(bytes, alignment);
    ::operator delete(block, bytes, std::align_val_t{alignment});
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::map<void*, block_shape> live_;
  std::size_t grants_ = no_end;
  std::size_t charged_ = 0;
  std::size_t peak_ = 0;
};

// An allocator of the shape that alloc's resource_allocator has: resource() names a static type.
template <class T, class Resource>
class recording_allocator {
 public:
  using value_type = T;
  template <class U>
  struct rebind {
    using other = recording_allocator<U, Resource>;
  };

  explicit recording_allocator(Resource& resource) noexcept : resource_(&resource) {}
  template <class U>
  recording_allocator(const recording_allocator<U, Resource>& other) noexcept
      : resource_(other.resource()) {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(resource_->allocate(count * sizeof(T), alignof(T)));
  }
  void deallocate(T* block, std::size_t count) noexcept {
    resource_->deallocate(block, count * sizeof(T), alignof(T));
  }
  Resource* resource() const noexcept { return resource_; }

  template <class U>
  friend bool operator==(const recording_allocator& left,
                         const recording_allocator<U, Resource>& right) noexcept {
    return left.resource() == right.resource();
  }

 private:
  Resource* resource_;
};

}  // namespace nearmem
