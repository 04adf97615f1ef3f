#include <cstdlib>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <nearmem/alloc/linux_kernel.hpp>
#include <nearmem/topology/machine.hpp>

namespace nearmem {
namespace {

TEST(linux_kernel, places_memory_of_this_machine_only) {
  const linux_kernel kernel;
  EXPECT_TRUE(kernel.places_memory_of(machine::process()));
  EXPECT_FALSE(kernel.places_memory_of(machine::from_synthetic("numa:1 pu:1")));
}

TEST(linux_kernel, leads_a_page_through_its_life) {
  linux_kernel kernel;
  const std::size_t page = kernel.page_bytes();
  const reserved_range range = kernel.reserve(16 * page, 16 * page, kernel::access::zeros);
  ASSERT_EQ(range.error, 0);
  EXPECT_EQ(range.bytes, 16 * page);
  EXPECT_EQ(range.data[0], std::byte{0});
  ASSERT_EQ(kernel.open(range.data, 2 * page), 0);
  ASSERT_EQ(kernel.populate(range.data, 2 * page), 0);
  range.data[page] = std::byte{1};
  ASSERT_EQ(kernel.purge(range.data, 2 * page), 0);
  EXPECT_EQ(range.data[page], std::byte{0});
  kernel.unreserve(range.data, range.bytes);
}

TEST(linux_kernel, faults_on_what_was_not_opened) {
  linux_kernel kernel;
  const std::size_t page = kernel.page_bytes();
  const reserved_range range = kernel.reserve(4 * page, page, kernel::access::none);
  ASSERT_EQ(kernel.open(range.data, page), 0);
  EXPECT_DEATH(static_cast<volatile std::byte*>(range.data)[page] = std::byte{1}, "");
  kernel.unreserve(range.data, range.bytes);
}

TEST(linux_kernel, leaves_half_of_a_limited_address_space_to_others) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_AS, &before), 0);
  // Far above what any sanitizer maps, so that the limit is only read here, never met.
  const linux_kernel kernel;
  rlimit limit = before;
  limit.rlim_cur = rlim_t{1} << 50;
  if (limit.rlim_cur > limit.rlim_max || ::setrlimit(RLIMIT_AS, &limit) != 0) {
    GTEST_SKIP() << "the limit cannot be set";
  }
  EXPECT_LE(kernel.reservable_bytes(), std::size_t{1} << 49);
  ::setrlimit(RLIMIT_AS, &before);
}

}  // namespace
}  // namespace nearmem
