#include <thread>

#include <dlfcn.h>
#include <gtest/gtest.h>

namespace nearmem {
namespace {

TEST(local_resource, serves_threads_of_a_library_that_is_loaded_late) {
  using come_out_even = bool (*)();
  come_out_even even = nullptr;
  // Never closed: the ends of its threads, and what follows a fork, are in it.
  void* const library = dlopen(LOADED_SLABS, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  even = reinterpret_cast<come_out_even>(dlsym(library, "loaded_slabs_come_out_even"));
  ASSERT_NE(even, nullptr);
  EXPECT_TRUE(even());
  std::thread([even] { EXPECT_TRUE(even()); }).join();
}

}  // namespace
}  // namespace nearmem
