#include <latch>
#include <thread>
#include <vector>

#include <dlfcn.h>
#include <gtest/gtest.h>

#include "tests/alloc/loaded/loaded_arenas.hpp"

namespace nearmem {
namespace {

TEST(thread_storage, serves_threads_of_before_and_after_a_library_is_loaded) {
  const loaded_arenas* arenas = nullptr;
  std::latch is_loaded(1);
  std::latch have_written(5);
  const auto write = [&] {
    is_loaded.wait();
    if (arenas != nullptr) {
      for (int i = 0; i < 1000; ++i)
        arenas->allocate(100);
    }
    have_written.arrive_and_wait();
  };
  std::vector<std::thread> threads;
  threads.emplace_back(write);
  threads.emplace_back(write);
  void* const library = dlopen(LOADED_ARENAS, RTLD_NOW | RTLD_LOCAL);
  const char* const reason = library == nullptr ? dlerror() : "";
  if (library != nullptr) {
    arenas = static_cast<const loaded_arenas*>(dlsym(library, "loaded_arenas"));
  }
  is_loaded.count_down();
  threads.emplace_back(write);
  threads.emplace_back(write);
  write();
  for (std::thread& thread : threads)
    thread.join();
  ASSERT_NE(library, nullptr) << reason;
  ASSERT_NE(arenas, nullptr);
  EXPECT_EQ(arenas->charged(), 500'000u);
  EXPECT_EQ(arenas->shards(), 5u);
}

}  // namespace
}  // namespace nearmem
