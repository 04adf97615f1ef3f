#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/accounting/enlist_shared_block.hpp>

#include "tests/accounting/recording_resource.hpp"

namespace nearmem {
namespace {

// An allocator of a user's own, over an accounted resource that std::pmr knows nothing of.
template <class T>
struct own_allocator {
  using value_type = T;

  explicit own_allocator(recording_resource* of) noexcept : from(of) {}
  template <class U>
  explicit own_allocator(const own_allocator<U>& other) noexcept : from(other.from) {}

  T* allocate(std::size_t objects) {
    enlist_shared_block<T>();
    return static_cast<T*>(from->allocate(objects * sizeof(T), alignof(T)));
  }
  void deallocate(T* block, std::size_t objects) noexcept {
    from->deallocate(block, objects * sizeof(T), alignof(T));
  }
  recording_resource* resource() const noexcept { return from; }
  friend bool operator==(const own_allocator&, const own_allocator&) = default;

  recording_resource* from;
};

struct base {
  virtual ~base() = default;
  std::uint64_t number = 0;
};
struct whole : base {
  std::uint64_t numbers[9]{};
};

}  // namespace

template <>
struct dynamic_usage_traits<base> : owns_no_heap {};
template <>
struct dynamic_usage_traits<whole> : owns_no_heap {};

namespace {

TEST(enlist_shared_block, has_blocks_of_an_own_allocator_recognised) {
  recording_resource resource;
  const std::shared_ptr<base> seen_as_base =
      std::allocate_shared<whole>(own_allocator<int>(&resource));
  EXPECT_EQ(dynamic_usage(seen_as_base), resource.usage().charged);
  const std::shared_ptr<std::uint64_t> part(seen_as_base, &seen_as_base->number);
  EXPECT_EQ(dynamic_usage(part), resource.usage().charged);
}

TEST(enlist_shared_block, tells_the_resources_of_one_type_apart) {
  recording_resource one;
  recording_resource other;
  const std::shared_ptr<base> in_one = std::allocate_shared<whole>(own_allocator<int>(&one));
  EXPECT_EQ(other.usage().charged, 0u);
  const std::shared_ptr<base> in_other = std::allocate_shared<whole>(own_allocator<int>(&other));
  EXPECT_EQ(dynamic_usage(in_one), one.usage().charged);
  EXPECT_EQ(dynamic_usage(in_other), other.usage().charged);
}

TEST(enlist_shared_block, passes_by_what_is_no_control_block) {
  recording_resource resource;
  own_allocator<whole> allocator(&resource);
  whole* const plain = allocator.allocate(1);
  allocator.deallocate(plain, 1);
  EXPECT_EQ(shared_block_kinds::find(typeid(whole)), nullptr);
}

}  // namespace
}  // namespace nearmem
