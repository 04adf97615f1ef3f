#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/amo.hpp>
#include <nearmem/accounting/dynamic_usage.hpp>

namespace nearmem {
namespace {

TEST(amo, is_none_until_it_is_given_a_value) {
  const amo<std::string> text;
  EXPECT_TRUE(text.is_none());
  *text.write() = "value";
  EXPECT_FALSE(text.is_none());
  EXPECT_EQ(text.read()->value(), "value");
}

TEST(amo, shares_its_value_with_its_copies) {
  const amo<int> first(1);
  const amo<int> second = first;
  *second.write() = 2;
  EXPECT_EQ(first.read()->value(), 2);
  EXPECT_TRUE(first.shares_with(second));
  EXPECT_FALSE(first.shares_with(amo<int>(2)));
}

TEST(amo, lets_one_thread_write_at_a_time) {
  const amo<int> sum(0);
  const auto add = [sum] {
    for (int i = 0; i < 1000; ++i) {
      const auto value = sum.write();
      **value += 1;
    }
  };
  std::thread first(add);
  std::thread second(add);
  first.join();
  second.join();
  EXPECT_EQ(sum.read()->value(), 2000);
}

TEST(amo, costs_one_block_and_recursively_what_the_value_owns) {
  const amo<std::string> text(std::string(100, 'x'));
  const std::size_t block = dynamic_usage(text);
  EXPECT_GE(block, malloc_usage(sizeof(amo_cell<std::string>)));
  EXPECT_LE(block, malloc_usage(sizeof(amo_cell<std::string>) + 24));
  EXPECT_EQ(recursive_dynamic_usage(text), block + malloc_usage(101));
  EXPECT_EQ(dynamic_usage(amo<std::string>()), block);
}

TEST(amo, is_counted_once_for_all_owners_when_asked) {
  const std::vector<amo<std::string>> owners(3, amo<std::string>(std::string(100, 'x')));
  visited_blocks visited;
  EXPECT_EQ(recursive_dynamic_usage(owners, visited),
            dynamic_usage(owners) + recursive_dynamic_usage(owners.front()));
}

}  // namespace
}  // namespace nearmem
