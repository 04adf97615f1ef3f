#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nearmem/accounting/resource_registry.hpp>

namespace nearmem {
namespace {

using testing::ElementsAre;

class thing final : public reportable {
 public:
  explicit thing(std::string name) : name_(std::move(name)) {}

  std::string_view name() const noexcept override { return name_; }
  resource_usage usage() const noexcept override { return {}; }
  node_usage usage(node_id) const noexcept override { return {}; }
  void describe(resource_description& into) const override { into.kind = "thing"; }
  const void* pages() const noexcept override { return nullptr; }
  const budget* charged_to() const noexcept override { return nullptr; }
  void trim() noexcept override {}

 private:
  std::string name_;
  resource_registry::entry entry_{*this};
};

std::vector<std::string> listed() {
  std::vector<std::string> names;
  for (resource_registry::cursor at; reportable* one = at.next();)
    names.emplace_back(one->name());
  return names;
}

TEST(resource_registry, lists_what_lives_in_the_order_in_which_it_was_made) {
  const std::vector<std::string> before = listed();
  const thing a("a");
  auto b = std::make_unique<thing>("b");
  const thing c("c");
  std::vector<std::string> all = before;
  all.insert(all.end(), {"a", "b", "c"});
  EXPECT_EQ(listed(), all);
  b.reset();
  all = before;
  all.insert(all.end(), {"a", "c"});
  EXPECT_EQ(listed(), all);
}

TEST(resource_registry, is_as_before_when_all_have_ended) {
  const auto before = listed();
  {
    const thing passing("passing");
  }
  EXPECT_EQ(listed(), before);
}

TEST(resource_registry, lets_things_be_made_and_ended_while_one_walks) {
  const thing a("walk a");
  auto b = std::make_unique<thing>("walk b");
  auto c = std::make_unique<thing>("walk c");
  std::vector<std::string> seen;
  std::unique_ptr<thing> late;
  for (resource_registry::cursor at; reportable* one = at.next();) {
    seen.emplace_back(one->name());
    if (one == &a) b.reset();
    if (one == c.get()) late = std::make_unique<thing>("walk d");
  }
  seen.erase(seen.begin(), seen.end() - 3);
  EXPECT_THAT(seen, ElementsAre("walk a", "walk c", "walk d"));
}

TEST(resource_registry, lets_cursors_overlap) {
  const thing a("overlap");
  std::size_t pairs = 0;
  std::size_t all = 0;
  for (resource_registry::cursor outer; outer.next() != nullptr;) {
    ++all;
    for (resource_registry::cursor inner; inner.next() != nullptr;)
      ++pairs;
  }
  EXPECT_EQ(pairs, all * all);
}

TEST(resource_registry, keeps_a_thing_until_the_cursor_has_left_it) {
  auto one = std::make_unique<thing>("kept");
  thing* const address = one.get();
  std::atomic<bool> gone{false};
  std::thread ending;
  {
    resource_registry::cursor at;
    while (at.next() != address) {
    }
    ending = std::thread([&] {
      one.reset();
      gone = true;
    });
    for (int i = 0; i < 1000; ++i)
      std::this_thread::yield();
    EXPECT_FALSE(gone);
    EXPECT_EQ(address->name(), "kept");
  }
  ending.join();
  EXPECT_TRUE(gone);
}

TEST(resource_registry, lets_a_forked_child_end_what_another_thread_stood_on) {
  auto one = std::make_unique<thing>("forked");
  thing* const address = one.get();
  std::latch standing(1);
  std::latch leave(1);
  std::thread walker([&] {
    resource_registry::cursor at;
    while (at.next() != address) {
    }
    standing.count_down();
    leave.wait();
  });
  standing.wait();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::alarm(30);  // ends a child that waits for a thread that it has not
    one.reset();
    for (const std::string& name : listed()) {
      if (name == "forked") ::_exit(2);
    }
    ::_exit(0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  leave.count_down();
  walker.join();
}

TEST(resource_registry, can_be_used_in_children_forked_while_all_threads_work) {
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        const thing mine("busy");
        static_cast<void>(listed());
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::alarm(30);
      {
        const thing mine("child");
      }
      for (resource_registry::cursor at; at.next() != nullptr;) {
      }
      ::_exit(0);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  done = true;
  for (std::thread& thread : threads)
    thread.join();
}

TEST(resource_registry, bears_many_threads_that_come_and_go_while_others_walk) {
  constexpr int makers = 4;
  std::latch begin(makers + 1);
  std::atomic<int> working{makers};
  std::vector<std::thread> threads;
  for (int i = 0; i < makers; ++i) {
    threads.emplace_back([&, i] {
      begin.arrive_and_wait();
      for (int round = 0; round < 500; ++round)
        const thing mine("maker" + std::to_string(i));
      --working;
    });
  }
  begin.arrive_and_wait();
  while (working > 0) {
    for (resource_registry::cursor at; reportable* one = at.next();) {
      EXPECT_FALSE(one->name().empty());
    }
  }
  for (std::thread& thread : threads)
    thread.join();
}

}  // namespace
}  // namespace nearmem
