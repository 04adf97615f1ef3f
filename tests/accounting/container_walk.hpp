#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory_resource>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <nearmem/accounting/dynamic_usage.hpp>

#include "tests/accounting/listing_sum.hpp"
#include "tests/accounting/recording_resource.hpp"
#include "tests/accounting/walk_elements.hpp"

namespace nearmem {

// One operation on a container: what, and with which number.
struct walk_step {
  std::uint8_t kind = 0;
  std::uint32_t value = 0;
};

// Whether a container's growth does not depend on which new key comes. Where it does, the growth
// that is announced is the largest.
template <class Container>
inline constexpr bool grows_alike_for_every_key = true;

// Whether a container that is copied or moved to another allocator leaves the first one's memory
// alone, as it must.
template <class Container>
inline constexpr bool minds_its_allocator = true;

// Whether a container can still be used when an allocation was refused within an operation.
template <class Container>
inline constexpr bool survives_refusals = true;
#ifdef _LIBCPP_VERSION
// libc++'s deque leaks its blocks when an element is refused while it is constructed as a copy.
template <class T, class Allocator>
inline constexpr bool survives_refusals<std::deque<T, Allocator>> = false;
#endif

// A walk without its container's type.
class walk {
 public:
  virtual ~walk() = default;
  // Empty if all held, else what did not.
  virtual std::string take(walk_step step) = 0;
};

// Walks a container that is the only user of a resource, and after every step holds its accounting
// to what the resource saw: the sum to the byte, every block's shape, and at every insertion of one
// element the growth announced before it.
template <class Container, class Resource = recording_resource>
class container_walk final : public walk {
 public:
  std::string take(walk_step step) override {
    failure_.clear();
    const int kind = step.kind % 40;
    apply(kind, step.value);
    check("after the step");
    if (!failure_.empty()) failure_ += " (step " + std::to_string(kind) + ")";
    return failure_;
  }

 private:
  using value_type = typename Container::value_type;
  using allocator_type = typename Container::allocator_type;
  static constexpr std::size_t most_elements = 700;

  static constexpr bool is_keyed = requires { typename Container::key_type; };

  void apply(int kind, std::uint32_t value) {
    switch (kind) {
      case 0:
        return erase_one(value);
      case 1:
        if constexpr (requires { container_.reserve(1); }) container_.reserve(value % 300);
        return;
      case 2:
        if constexpr (requires { container_.shrink_to_fit(); }) container_.shrink_to_fit();
        return;
      case 3:
        if constexpr (requires { container_.rehash(1); }) container_.rehash(value % 200);
        return;
      case 4:
        if constexpr (requires { container_.max_load_factor(1.0F); }) {
          container_.max_load_factor(load_factor(value));
        }
        return;
      case 5:
        if (value % 4 == 0) container_.clear();
        return;
      case 6:
        return replace_by_copy();
      case 7:
        return move_away_and_back();
      case 8:
        return drop_half();
      case 9:
        if constexpr (!is_keyed && requires { container_.resize(1); }) {
          container_.resize(value % 200);
        }
        return;
      case 10:
        if constexpr (requires { container_.push_front(element(value)); }) {
          if (count() < most_elements) container_.push_front(element(value));
        }
        return;
      case 11:
        if constexpr (requires { container_.pop_front(); }) {
          if (!container_.empty()) container_.pop_front();
        }
        return;
      case 12:
        for (std::uint32_t i = 0; i < value % 40; ++i)
          insert_one(value + i);
        return;
      case 13:
        return take_a_node_out_and_back(value);
      case 14:
        return take_over_from_another(value);
      case 15:
        return insert_some_in_the_middle(value);
      case 16:
        return assign(value);
      case 17:
        return swap_with_another(value);
      case 18:
        return move_in_from_elsewhere(value);
      case 19:
        return copy_to_elsewhere();
      case 20:
      case 21:
        return work_until_refused(value);
      default:
        return insert_one(value);
    }
  }

  // From a table that is nearly empty to one with long chains.
  static float load_factor(std::uint32_t value) {
    constexpr float odd[] = {0.037F, 0.1F, 9.5F, 70.0F};
    const std::uint32_t choice = value % 20;
    return choice < 16 ? 0.25F + static_cast<float>(choice) / 4 : odd[choice - 16];
  }

  static decltype(auto) element(std::uint32_t value) { return element_of<value_type>::make(value); }

  std::size_t count() const {
    return static_cast<std::size_t>(std::distance(container_.begin(), container_.end()));
  }

  void insert_one(std::uint32_t value) {
    if (count() >= most_elements) drop_half();
    const std::size_t before = dynamic_usage(container_);
    const std::size_t announced = incremental_dynamic_usage(container_);
    const std::size_t size = count();
    if constexpr (is_keyed) {
      container_.insert(element(value % 2048));
    } else if constexpr (requires { container_.push_back(element(value)); }) {
      container_.push_back(element(value));
    } else {
      container_.push_front(element(value));
    }
    // Who gives back more than is taken has announced nothing.
    const std::size_t grown = std::max(dynamic_usage(container_), before) - before;
    if (count() == size) {
      expect(grown, 0, "growth without a new key");
    } else if (grows_alike_for_every_key<Container> || grown > announced) {
      expect(grown, announced, "growth against what was announced");
    }
  }

  void erase_one(std::uint32_t value) {
    if (container_.empty()) return;
    if constexpr (requires { container_.erase_after(container_.before_begin()); }) {
      container_.erase_after(container_.before_begin());
    } else {
      auto place = container_.begin();
      std::advance(place, static_cast<std::ptrdiff_t>(value % count()));
      container_.erase(place);
    }
  }

  void drop_half() {
    for (std::size_t left = count() / 2; left != 0; --left) {
      if constexpr (requires { container_.pop_back(); }) {
        container_.pop_back();
      } else if constexpr (requires { container_.pop_front(); }) {
        container_.pop_front();
      } else {
        container_.erase(container_.begin());
      }
    }
  }

  Container copied() {
    if constexpr (std::is_constructible_v<Container, const Container&, allocator_type>) {
      return Container(container_, container_.get_allocator());
    } else {
      return container_;
    }
  }
  Container moved() {
    if constexpr (std::is_constructible_v<Container, Container, allocator_type>) {
      return Container(std::move(container_), container_.get_allocator());
    } else {
      return std::move(container_);
    }
  }

  // Any of the other steps, with one of the first allocations in it refused.
  void work_until_refused(std::uint32_t value) {
    if constexpr (survives_refusals<Container> && std::is_same_v<Resource, recording_resource>) {
      resource_.grant(value % 5);
      try {
        apply(static_cast<int>(value / 8 % 20), value / 256);
      } catch (const std::bad_alloc&) {
        // The container is what it is now, and is counted like that.
      }
      resource_.grant(recording_resource::no_end);
    }
  }

  void replace_by_copy() {
    Container copy = copied();
    expect(recursive_dynamic_usage(container_) + recursive_dynamic_usage(copy),
           resource_.usage().charged, "a container and its copy");
    container_ = std::move(copy);
  }

  void move_away_and_back() {
    Container other = moved();
    // What is left behind is a valid container, and is counted like one.
    expect(recursive_dynamic_usage(container_) + recursive_dynamic_usage(other),
           resource_.usage().charged, "a container and what was moved from it");
    container_.clear();
    container_.swap(other);
  }

  // The elements of value % 20 numbers.
  static std::vector<value_type> some(std::uint32_t value) {
    std::vector<value_type> list;
    for (std::uint32_t i = 0; i < value % 20; ++i)
      list.push_back(element((value + 7 * i) % 2048));
    return list;
  }
  static void fill(Container& container, std::uint32_t value) {
    for (auto&& one : some(value)) {
      if constexpr (is_keyed) {
        container.insert(std::move(one));
      } else if constexpr (requires { container.push_back(std::move(one)); }) {
        container.push_back(std::move(one));
      } else {
        container.push_front(std::move(one));
      }
    }
  }
  // A container of the same allocator with some elements.
  Container another(std::uint32_t value) {
    Container other(container_.get_allocator());
    fill(other, value);
    return other;
  }
  void expect_both(const Container& other, const char* what) {
    expect(recursive_dynamic_usage(container_) + recursive_dynamic_usage(other),
           resource_.usage().charged, what);
  }

  void take_a_node_out_and_back(std::uint32_t value) {
    if constexpr (requires { requires has_dynamic_usage<typename Container::node_type>; }) {
      if (container_.empty()) return;
      auto place = container_.begin();
      std::advance(place, static_cast<std::ptrdiff_t>(value % count()));
      auto node = container_.extract(place);
      expect(recursive_dynamic_usage(container_) + recursive_dynamic_usage(node),
             resource_.usage().charged, "a container and a node of its");
      if (value % 4 != 0) container_.insert(std::move(node));
    }
  }

  void take_over_from_another(std::uint32_t value) {
    if (count() >= most_elements) drop_half();
    Container other = another(value);
    if constexpr (requires { container_.splice_after(container_.before_begin(), other); }) {
      container_.splice_after(container_.before_begin(), other);
    } else if constexpr (requires { container_.splice(container_.begin(), other); }) {
      container_.splice(container_.begin(), other);
    } else if constexpr (is_keyed && requires { container_.merge(other); }) {
      container_.merge(other);
    }
    expect_both(other, "a container and one that it took over");
  }

  void insert_some_in_the_middle(std::uint32_t value) {
    if (count() >= most_elements) drop_half();
    const std::vector<value_type> list = some(value);
    if constexpr (is_keyed) {
      container_.insert(list.begin(), list.end());
    } else if constexpr (requires { container_.before_begin(); }) {
      container_.insert_after(container_.before_begin(), list.begin(), list.end());
    } else {
      auto place = container_.begin();
      std::advance(place, static_cast<std::ptrdiff_t>(count() / 2));
      container_.insert(place, list.begin(), list.end());
    }
  }

  void assign(std::uint32_t value) {
    const std::vector<value_type> list = some(value);
    if constexpr (requires { container_.assign(list.begin(), list.end()); }) {
      container_.assign(list.begin(), list.end());
    } else {
      const Container other = another(value);
      container_ = other;
      expect_both(other, "a container and one that it copied");
    }
  }

  void swap_with_another(std::uint32_t value) {
    Container other = another(value);
    container_.swap(other);
    expect_both(other, "a container and one that it was swapped with");
  }

  // Between unequal allocators elements are moved one by one.
  void move_in_from_elsewhere(std::uint32_t value) {
    if (!minds_its_allocator<Container>) return;
    Resource elsewhere;
    Container other{allocator_on(elsewhere)};
    fill(other, value);
    container_ = std::move(other);
    expect(recursive_dynamic_usage(other), elsewhere.usage().charged, "one that was moved from");
  }

  void copy_to_elsewhere() {
    if constexpr (minds_its_allocator<Container> &&
                  std::is_constructible_v<Container, const Container&, allocator_type>) {
      Resource elsewhere;
      const Container copy(container_, allocator_on(elsewhere));
      expect(recursive_dynamic_usage(copy), elsewhere.usage().charged, "a copy elsewhere");
    }
  }

  void check(const char* when) {
    expect(recursive_dynamic_usage(container_), resource_.usage().charged, when);
    if constexpr (heap_free<value_type>) {
      expect(dynamic_usage(container_), resource_.usage().charged, when);
      if constexpr (std::is_same_v<Resource, recording_resource>) check_shapes();
    }
  }

  void check_shapes() {
    if (++checks_ % 8 != 0 && resource_.blocks().size() >= 32) return;
    listing_sum listed;
    add_blocks(container_, listed);
    if (listed.blocks() != histogram_of(resource_)) fail("blocks have other shapes than told");
  }

  void expect(std::size_t actual, std::size_t expected, const char* what) {
    if (actual == expected) return;
    fail(what + (": " + std::to_string(actual)) + " instead of " + std::to_string(expected) +
         " bytes with " + std::to_string(count()) + " elements");
  }
  void fail(const std::string& what) {
    if (failure_.empty()) failure_ = what;
  }

  static allocator_type allocator_on(Resource& resource) {
    if constexpr (std::is_constructible_v<allocator_type, Resource*>) {
      return allocator_type(&resource);
    } else {
      return allocator_type(recording_allocator<value_type, Resource>(resource));
    }
  }

  Resource resource_;
  Container container_{allocator_on(resource_)};
  std::string failure_;
  std::size_t checks_ = 0;
};

}  // namespace nearmem
