#include <memory_resource>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/local_resource.hpp>

namespace nearmem {
namespace {

// Made before main, and destroyed after the resource would be, were it ever destroyed.
struct long_lived {
  ~long_lived() {
    numbers.resize(10'000);
    local_resource().trim();
  }
  std::pmr::vector<int> numbers = std::pmr::vector<int>(1000, 7, &local_resource());
};

const long_lived before_main;

TEST(local_resource, is_one_for_the_process) {
  EXPECT_EQ(&local_resource(), &local_resource());
  EXPECT_EQ(local_resource().options().name, "local");
}

TEST(local_resource, serves_before_main) {
  EXPECT_EQ(std::accumulate(before_main.numbers.begin(), before_main.numbers.end(), 0), 7000);
  EXPECT_GE(local_resource().usage().charged, 4000u);
}

TEST(local_resource, passes_containers_from_thread_to_thread) {
  const std::size_t before = local_resource().usage().charged;
  {
    std::pmr::vector<std::pmr::string> names(&local_resource());
    std::thread([&] {
      for (int i = 0; i < 1000; ++i)
        names.emplace_back("a name that is longer than what a string holds by itself");
    }).join();
  }
  EXPECT_EQ(local_resource().usage().charged, before);
  EXPECT_TRUE(local_resource().audit());
}

}  // namespace
}  // namespace nearmem
