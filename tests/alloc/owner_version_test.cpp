#include <atomic>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include <nearmem/alloc/owner_counter.hpp>
#include <nearmem/alloc/owner_version.hpp>

namespace nearmem {
namespace {

TEST(owner_counter, counts_up_and_down) {
  owner_counter counter;
  counter.add(70000);
  counter.add(std::size_t{1} << 40);
  counter.subtract(1);
  EXPECT_EQ(counter.get(), 69999 + (std::size_t{1} << 40));
  counter.set(3);
  EXPECT_EQ(counter.get(), 3u);
}

TEST(owner_counter, never_shows_a_reader_a_value_that_was_not) {
  owner_counter counter;
  std::thread owner([&] {
    for (int i = 0; i < 100'000; ++i)
      counter.add(1);
  });
  std::size_t last = 0;
  while (last < 100'000) {
    const std::size_t now = counter.get();
    ASSERT_GE(now, last);
    last = now;
  }
  owner.join();
}

TEST(owner_version, shows_words_of_one_instant) {
  owner_version version;
  owner_counter first;
  owner_counter second;
  std::atomic<bool> reader_runs{false};
  std::thread owner([&] {
    while (!reader_runs.load())
      std::this_thread::yield();
    for (std::size_t i = 1; i <= 20'000; ++i) {
      owner_version::change change(version);
      first.set(i);
      owner_version::change inner(version);
      second.set(i);
    }
  });
  std::size_t last = 0;
  while (last < 20'000) {
    const auto words = version.try_read([&] { return std::pair(first.get(), second.get()); });
    reader_runs.store(true);
    if (!words) continue;
    ASSERT_EQ(words->first, words->second);
    ASSERT_GE(words->first, last);
    last = words->first;
  }
  owner.join();
}

TEST(owner_version, does_not_make_a_reader_wait_for_a_change_under_way) {
  owner_version version;
  owner_version::change change(version);
  EXPECT_FALSE(version.try_read([] { return 5; }));
  EXPECT_EQ(version.read([] { return 5; }), 5);
}

}  // namespace
}  // namespace nearmem
