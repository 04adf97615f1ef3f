#include <thread>

#include <gtest/gtest.h>

#include <nearmem/alloc/thread_token.hpp>

namespace nearmem {
namespace {

TEST(thread_token, is_one_for_a_thread) {
  EXPECT_EQ(thread_token::mine(), thread_token::mine());
  thread_token* other = nullptr;
  std::thread([&other] {
    other = thread_token::mine();
    other->hold();
  }).join();
  EXPECT_NE(other, thread_token::mine());
  other->drop();
}

TEST(thread_token, says_when_its_thread_has_ended) {
  thread_token* token = nullptr;
  std::thread([&token] {
    token = thread_token::mine();
    token->hold();
    EXPECT_TRUE(token->is_alive());
  }).join();
  EXPECT_FALSE(token->is_alive());
  token->drop();
}

// A variable of a thread that is destroyed after the thread's token.
struct late {
  thread_token** found = nullptr;
  ~late() {
    if (found != nullptr) *found = thread_token::mine();
  }
};

TEST(thread_token, is_none_for_a_thread_that_is_ending) {
  thread_token* found = thread_token::mine();
  std::thread([&found] {
    thread_local late last;
    last.found = &found;
    EXPECT_NE(thread_token::mine(), nullptr);
  }).join();
  EXPECT_EQ(found, nullptr);
}

}  // namespace
}  // namespace nearmem
