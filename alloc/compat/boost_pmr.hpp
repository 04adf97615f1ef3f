#pragma once

#include <cstddef>

#include <boost/container/pmr/memory_resource.hpp>

#include <nearmem/accounting/accounted_resource.hpp>
#include <nearmem/accounting/block_charge.hpp>

namespace nearmem {

// An accounted resource behind Boost.Container's pmr, whose memory_resource is a class of its own;
// containers on it are charged what the resource charges. It must outlive this.
// Thread rule: the resource's.
class boost_resource final : public boost::container::pmr::memory_resource {
 public:
  explicit boost_resource(accounted_resource& behind) noexcept : behind_(&behind) {}

  accounted_resource& behind() const noexcept { return *behind_; }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    return behind_->allocate(bytes, alignment);
  }
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override {
    behind_->deallocate(block, bytes, alignment);
  }
  bool do_is_equal(const boost::container::pmr::memory_resource& other) const noexcept override {
    const auto* same = dynamic_cast<const boost_resource*>(&other);
    return same != nullptr && same->behind_ == behind_;
  }

  accounted_resource* behind_;
};

template <>
struct accounted_resource_behind<boost::container::pmr::memory_resource> {
  static const accounted_resource* of(
      const boost::container::pmr::memory_resource& resource) noexcept {
    const auto* ours = dynamic_cast<const boost_resource*>(&resource);
    return ours != nullptr ? &ours->behind() : nullptr;
  }
};

}  // namespace nearmem
