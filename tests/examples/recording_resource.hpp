#pragma once

#include <cstddef>

#include <nearmem/accounting/accounted_resource.hpp>

namespace nearmem {

// An accounted resource over new and delete that charges each block its bytes rounded up to 16, and
// can be told to fail: enough to test what lives on a resource without any particular one.
class recording_resource final : public accounted_resource {
 public:
  using accounted_resource::usage;

  std::size_t charge_for(std::size_t bytes, std::size_t) const noexcept override {
    return (bytes + 15) / 16 * 16;
  }
  resource_usage usage() const noexcept override;
  node_usage usage(node_id node) const noexcept override;

  // The largest single request so far, in bytes.
  std::size_t largest_request() const noexcept { return largest_request_; }
  // The request after the next `requests` ones throws std::bad_alloc, once.
  void fail_after(std::size_t requests) noexcept { left_until_failure_ = requests + 1; }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::size_t charged_ = 0;
  std::size_t peak_ = 0;
  std::size_t blocks_ = 0;
  std::size_t largest_request_ = 0;
  std::size_t left_until_failure_ = 0;
};

}  // namespace nearmem
