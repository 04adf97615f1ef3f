#include <cstdint>
#include <deque>
#include <forward_list>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>
#include <malloc.h>

#include <nearmem/accounting/dynamic_usage.hpp>

#include "tests/accounting/foreign_malloc.hpp"
#include "tests/accounting/walk_elements.hpp"

namespace nearmem {
namespace {

#ifdef NEARMEM_FOREIGN_MALLOC

TEST(dynamic_usage_of_the_heap, is_what_the_heap_grows_by) {
  GTEST_SKIP() << "the sanitizer's malloc is not glibc's";
}

#else

std::size_t heap_bytes() {
  const auto all = mallinfo2();
  return all.uordblks + all.hblkhd;
}

// Fills a container on malloc with enough to drown what malloc keeps cached, and holds the exact
// model to what the heap has grown by.
template <class Container>
void fill_on_the_heap() {
  using value = typename Container::value_type;
  const std::size_t before = heap_bytes();
  Container container;
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    if constexpr (requires { typename Container::key_type; }) {
      container.insert(element_of<value>::make(i));
    } else if constexpr (requires { container.push_back(element_of<value>::make(i)); }) {
      container.push_back(element_of<value>::make(i));
    } else {
      container.push_front(element_of<value>::make(i));
    }
  }
  const auto grown = static_cast<double>(heap_bytes() - before);
  const auto exact = static_cast<double>(modelled_usage(container, malloc_model::glibc_exact));
  EXPECT_NEAR(exact / grown, 1.0, 0.01) << typeid(Container).name() << " took " << grown;
  EXPECT_GE(static_cast<double>(dynamic_usage(container)), exact * 0.99);
}

TEST(dynamic_usage_of_the_heap, is_what_the_heap_grows_by) {
  fill_on_the_heap<std::vector<std::uint64_t> >();
  fill_on_the_heap<std::deque<std::uint64_t> >();
  fill_on_the_heap<std::list<std::uint64_t> >();
  fill_on_the_heap<std::forward_list<std::uint64_t> >();
  fill_on_the_heap<std::set<std::uint32_t> >();
  fill_on_the_heap<std::multimap<std::uint64_t, std::uint64_t> >();
  fill_on_the_heap<std::unordered_map<std::uint64_t, std::uint64_t> >();
  fill_on_the_heap<std::unordered_multiset<std::uint64_t, throwing_hash> >();
}

template <class Make>
void share_on_the_heap(const Make& make) {
  std::vector<std::shared_ptr<std::uint64_t> > owners;
  owners.reserve(50'000);
  const std::size_t before = heap_bytes();
  for (std::size_t i = 0; i < 50'000; ++i)
    owners.push_back(make());
  std::size_t exact = 0;
  for (const auto& owner : owners)
    exact += modelled_usage(owner, malloc_model::glibc_exact);
  EXPECT_NEAR(static_cast<double>(exact) / static_cast<double>(heap_bytes() - before), 1.0, 0.01);
}

TEST(dynamic_usage_of_the_heap, tells_make_shared_from_new) {
  share_on_the_heap([] { return std::make_shared<std::uint64_t>(7U); });
  share_on_the_heap([] { return std::shared_ptr<std::uint64_t>(new std::uint64_t(7)); });
}

#endif

}  // namespace
}  // namespace nearmem
