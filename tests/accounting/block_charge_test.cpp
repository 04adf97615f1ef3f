#include <memory>
#include <memory_resource>
#include <type_traits>

#include <gtest/gtest.h>

#include <nearmem/accounting/block_charge.hpp>

#include "tests/accounting/recording_resource.hpp"

namespace nearmem {
namespace {

constexpr block_shape block{100, 4};

TEST(block_charge, is_the_resources_own_where_an_allocator_names_it_by_type) {
  recording_resource resource;
  const recording_allocator<int, recording_resource> allocator(resource);
  const auto memory = memory_behind(allocator);
  static_assert(std::is_same_v<decltype(memory), const charging_memory<recording_resource>>);
  EXPECT_EQ(memory.charge(block), resource.charge_for(100, 4));
}

struct by_reference {
  accounted_resource& from;

  accounted_resource& resource() const noexcept { return from; }
};

TEST(block_charge, takes_a_resource_by_reference_too) {
  recording_resource resource;
  EXPECT_EQ(memory_behind(by_reference{resource}).charge(block), resource.charge_for(100, 4));
}

TEST(block_charge, is_the_resources_own_behind_a_polymorphic_allocator) {
  recording_resource resource;
  const std::pmr::polymorphic_allocator<int> allocator(&resource);
  EXPECT_EQ(memory_behind(allocator).charge(block), resource.charge_for(100, 4));
}

TEST(block_charge, is_mallocs_for_any_other_source) {
  struct unrelated {
    int* resource() const { return nullptr; }
  };
  EXPECT_EQ(memory_behind(std::pmr::polymorphic_allocator<int>()).charge(block), malloc_usage(100));
  EXPECT_EQ(memory_behind(std::allocator<int>()).charge(block), malloc_usage(100));
  EXPECT_EQ(memory_behind(std::default_delete<int>()).charge(block), malloc_usage(100));
  EXPECT_EQ(memory_behind(unrelated()).charge(block), malloc_usage(100));
}

TEST(block_charge, under_a_model_is_that_models) {
  EXPECT_EQ(modelled_memory{malloc_model::glibc_exact}.charge(block),
            malloc_usage(100, malloc_model::glibc_exact));
}

}  // namespace
}  // namespace nearmem
