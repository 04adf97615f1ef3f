#include <cstdint>
#include <deque>
#include <forward_list>
#include <list>
#include <memory_resource>
#include <queue>
#include <stack>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/accounting/stl_nodes.hpp>
#include <nearmem/accounting/usage_of_sequences.hpp>

#include "tests/accounting/recording_resource.hpp"

namespace nearmem {
namespace {

TEST(usage_of_sequences, of_a_vector_of_bits_is_their_words) {
  const std::vector<bool> bits(8000);
  EXPECT_EQ(dynamic_usage(bits), malloc_usage(1000));
}

TEST(usage_of_sequences, of_a_short_string_is_nothing) {
  EXPECT_EQ(dynamic_usage(std::string("short")), 0U);
  EXPECT_EQ(dynamic_usage(std::string(15, 'x')), 0U);
  EXPECT_EQ(dynamic_usage(std::string(100, 'x')), malloc_usage(101));
  EXPECT_EQ(dynamic_usage(std::u32string(100, U'x')), malloc_usage(404));
}

TEST(usage_of_sequences, of_lists_is_their_nodes) {
  EXPECT_EQ(dynamic_usage(std::list<std::int64_t>(3)),
            3 * malloc_usage(sizeof(list_node<std::int64_t>)));
  EXPECT_EQ(dynamic_usage(std::forward_list<std::int64_t>(3)), 3 * malloc_usage(16));
  EXPECT_EQ(dynamic_usage(std::list<int>()), 0U);
}

TEST(usage_of_sequences, announces_the_regrowth_of_the_next_push_back) {
  std::vector<std::int64_t> numbers(4);
  numbers.shrink_to_fit();
  EXPECT_EQ(incremental_dynamic_usage(numbers), malloc_usage(64) - malloc_usage(32));
  numbers.reserve(5);
  EXPECT_EQ(incremental_dynamic_usage(numbers), 0U);
}

template <class Adaptor>
void push_a_thousand(recording_resource& resource, Adaptor& adaptor) {
  for (int i = 0; i < 1000; ++i) {
    const std::size_t before = dynamic_usage(adaptor);
    const std::size_t announced = incremental_dynamic_usage(adaptor);
    adaptor.push(i);
    ASSERT_EQ(dynamic_usage(adaptor), resource.usage().charged);
    ASSERT_EQ(dynamic_usage(adaptor) - before, announced);
  }
}

TEST(usage_of_sequences, of_an_adaptor_is_that_of_its_container) {
  {
    recording_resource resource;
    std::stack<int, std::pmr::vector<int>> stack{std::pmr::vector<int>(&resource)};
    push_a_thousand(resource, stack);
  }
  {
    recording_resource resource;
    std::queue<int, std::pmr::deque<int>> queue{std::pmr::deque<int>(&resource)};
    push_a_thousand(resource, queue);
  }
  {
    recording_resource resource;
    std::priority_queue<int, std::pmr::vector<int>> queue{std::less<int>(),
                                                          std::pmr::vector<int>(&resource)};
    push_a_thousand(resource, queue);
  }
}

TEST(usage_of_sequences, goes_on_in_an_adaptors_elements) {
  std::stack<std::string> stack;
  stack.push(std::string(100, 'x'));
  EXPECT_EQ(recursive_dynamic_usage(stack), dynamic_usage(stack) + malloc_usage(101));
}

}  // namespace
}  // namespace nearmem
