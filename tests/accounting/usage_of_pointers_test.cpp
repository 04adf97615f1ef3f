#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/accounting/stl_nodes.hpp>
#include <nearmem/accounting/usage_of_pointers.hpp>

#include "tests/accounting/recording_resource.hpp"

namespace nearmem {
namespace {

struct returns_to_resource {
  std::pmr::memory_resource* from;

  std::pmr::memory_resource* resource() const noexcept { return from; }
  void operator()(std::uint64_t* object) const {
    std::pmr::polymorphic_allocator<std::uint64_t>(from).deallocate(object, 1);
  }
};

TEST(usage_of_pointers, asks_the_resource_that_a_deleter_names) {
  recording_resource resource;
  std::pmr::polymorphic_allocator<std::uint64_t> allocator(&resource);
  const std::unique_ptr<std::uint64_t, returns_to_resource> owner(allocator.allocate(1),
                                                                  {&resource});
  EXPECT_EQ(dynamic_usage(owner), resource.usage().charged);
}

TEST(usage_of_pointers, takes_any_other_deleter_for_delete) {
  const auto deleter = [](const std::string* p) { delete p; };
  const std::unique_ptr<std::string, decltype(deleter)> owner(new std::string(), deleter);
  EXPECT_EQ(dynamic_usage(owner), malloc_usage(sizeof(std::string)));
}

TEST(usage_of_pointers, knows_a_shared_object_beside_its_counters) {
  recording_resource resource;
  const std::pmr::polymorphic_allocator<std::byte> bytes(&resource);
  const auto first = std::allocate_shared<std::uint64_t>(bytes, 7U);
  EXPECT_EQ(dynamic_usage(first), resource.usage().charged);
  const std::size_t one = resource.usage().charged;
  const std::shared_ptr<const std::uint64_t> second = std::allocate_shared<std::uint64_t>(
      std::pmr::polymorphic_allocator<std::uint64_t>(&resource), 7U);
  EXPECT_EQ(dynamic_usage(second), resource.usage().charged - one);
}

TEST(usage_of_pointers, charges_make_shared_for_one_block_and_new_for_two) {
  const auto made = std::make_shared<std::uint64_t>(7U);
  EXPECT_EQ(dynamic_usage(made), malloc_usage(sizeof(stl_shared_counter)));
  const std::shared_ptr<std::uint64_t> adopted(new std::uint64_t(7));
  EXPECT_EQ(dynamic_usage(adopted),
            malloc_usage(sizeof(std::uint64_t)) + malloc_usage(sizeof(stl_shared_counter)));
  EXPECT_EQ(dynamic_usage(std::shared_ptr<int>()), 0U);
}

struct base {
  virtual ~base() = default;
};
struct derived : base {
  std::uint64_t more[20]{};
};

TEST(usage_of_pointers, assumes_the_worst_of_a_control_block_it_does_not_know) {
  const std::shared_ptr<base> one = std::make_shared<derived>();
  EXPECT_EQ(dynamic_usage(one),
            malloc_usage(sizeof(base)) + malloc_usage(sizeof(stl_shared_counter)));
}

struct abstract {
  virtual ~abstract() = default;
  virtual int number() const = 0;
};
struct concrete : abstract {
  int number() const override { return 7; }
};

TEST(usage_of_pointers, covers_what_cannot_be_made) {
  const std::shared_ptr<abstract> one = std::make_shared<concrete>();
  EXPECT_EQ(dynamic_usage(one),
            malloc_usage(sizeof(abstract)) + malloc_usage(sizeof(stl_shared_counter)));
}

TEST(usage_of_pointers, of_a_weak_one_is_what_it_keeps_from_being_given_back) {
  recording_resource resource;
  auto shared = std::allocate_shared<std::uint64_t>(
      std::pmr::polymorphic_allocator<std::uint64_t>(&resource), 7U);
  const std::weak_ptr<std::uint64_t> weak = shared;
  shared.reset();
  ASSERT_NE(resource.usage().charged, 0U);
  EXPECT_EQ(dynamic_usage(weak), resource.usage().charged);
  EXPECT_EQ(dynamic_usage(std::weak_ptr<int>()), 0U);
}

TEST(usage_of_pointers, counts_weak_and_shared_owners_of_one_block_once_when_asked) {
  const auto made = std::make_shared<std::string>(100, 'x');
  const std::pair both(std::weak_ptr<std::string>(made), made);
  const std::size_t once = recursive_dynamic_usage(made);
  EXPECT_EQ(once, dynamic_usage(made) + malloc_usage(101));
  visited_blocks visited;
  EXPECT_EQ(recursive_dynamic_usage(both, visited), once);
  EXPECT_GT(recursive_dynamic_usage(both), once);

  const std::shared_ptr<std::string> adopted(new std::string(100, 'x'));
  const std::pair both_adopted(std::weak_ptr<std::string>(adopted), adopted);
  visited.clear();
  EXPECT_EQ(recursive_dynamic_usage(both_adopted, visited), recursive_dynamic_usage(adopted));
}

struct link {
  std::shared_ptr<link> next;
  std::string name;
};

}  // namespace

template <>
struct dynamic_usage_traits<link> {
  static auto members(const link& x) { return std::tie(x.next, x.name); }
};

namespace {

TEST(usage_of_pointers, ends_on_a_ring_when_visited_blocks_are_kept) {
  const auto first = std::make_shared<link>();
  first->next = std::make_shared<link>(link{first, std::string(100, 'x')});
  visited_blocks visited;
  EXPECT_EQ(recursive_dynamic_usage(first, visited), 2 * dynamic_usage(first) + malloc_usage(101));
  first->next.reset();
}

struct part {
  std::string text;
};
struct named {
  virtual ~named() = default;
  std::string text;
};
struct whole : named {
  part first;
  part second;
  std::shared_ptr<part> beside;
};

}  // namespace

template <>
struct dynamic_usage_traits<part> {
  static auto members(const part& x) { return std::tie(x.text); }
};
template <>
struct dynamic_usage_traits<named> {
  static auto members(const named& x) { return std::tie(x.text); }
};
template <>
struct dynamic_usage_traits<whole> {
  static auto members(const whole& x) { return std::tie(x.text, x.first, x.second, x.beside); }
};

namespace {

// Sums up what each owner adds, one after the other.
template <class... Owners>
std::size_t sum_of(const Owners&... owners) {
  visited_blocks visited;
  return (recursive_dynamic_usage(owners, visited) + ... + 0);
}

TEST(usage_of_pointers, count_a_block_alike_whichever_owner_comes_first) {
  const auto all = std::make_shared<whole>();
  all->text = std::string(100, 'a');
  all->first.text = std::string(1000, 'b');
  all->second.text = std::string(10'000, 'c');
  all->beside = std::make_shared<part>(part{std::string(100'000, 'd')});
  const std::shared_ptr<named> as_base = all;
  const std::shared_ptr<part> first(all, &all->first);
  const std::shared_ptr<part> second(all, &all->second);
  const std::shared_ptr<part> beside = all->beside;
  const std::weak_ptr<named> weak = all;

  const std::size_t total = sum_of(all);
  EXPECT_EQ(total, dynamic_usage(all) + malloc_usage(101) + malloc_usage(1001) +
                       malloc_usage(10'001) + dynamic_usage(beside) + malloc_usage(100'001));
  EXPECT_EQ(sum_of(all, as_base, first, second, beside, weak), total);
  EXPECT_EQ(sum_of(weak, beside, second, first, as_base, all), total);
  EXPECT_EQ(sum_of(first, as_base, all, second, beside), total);
  EXPECT_EQ(sum_of(second, all, beside, as_base, weak, first), total);
  // Without the whole, its parts are counted each.
  EXPECT_EQ(sum_of(first, second) - sum_of(first), malloc_usage(10'001));
  EXPECT_EQ(sum_of(second, first), sum_of(first, second));
}

template <class T>
struct own_allocator : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = own_allocator<U>;
  };
  explicit own_allocator(recording_resource& from) : resource_(&from) {}
  template <class U>
  own_allocator(const own_allocator<U>& other) : resource_(other.resource()) {}

  T* allocate(std::size_t n) {
    return static_cast<T*>(resource_->allocate(n * sizeof(T), alignof(T)));
  }
  void deallocate(T* p, std::size_t n) { resource_->deallocate(p, n * sizeof(T), alignof(T)); }
  recording_resource* resource() const { return resource_; }

 private:
  recording_resource* resource_;
};

}  // namespace

template <>
struct shared_ptr_allocators<std::uint16_t> {
  using types = std::tuple<own_allocator<std::uint16_t>>;
};

namespace {

TEST(usage_of_pointers, recognises_an_allocator_that_is_listed_for_its_type) {
  recording_resource resource;
  const auto shared =
      std::allocate_shared<std::uint16_t>(own_allocator<std::uint16_t>(resource), std::uint16_t{7});
  EXPECT_EQ(dynamic_usage(shared), resource.usage().charged);
}

}  // namespace
}  // namespace nearmem
