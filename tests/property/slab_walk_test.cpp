#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/slab_cache.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/alloc/simulated_machine.hpp"
#include "tests/property/seeded_property.hpp"
#include "tests/property/shadow_blocks.hpp"

namespace nearmem {
namespace {

// A slab resource with its shadow; every step is a random word.
class slab_walk {
 public:
  slab_walk() : source_(simulated_.make()), resource_(options_on(source_)) {}

  // What is wrong after the step, or nothing.
  std::string take(std::uint64_t word) {
    const std::uint64_t choice = word % 16;
    word /= 16;
    std::string wrong;
    if (choice < 8) {
      wrong = allocate(word);
    } else if (choice < 14) {
      if (shadow_.size() > 0) wrong = deallocate(word % shadow_.size());
    } else if (choice == 14) {
      // A burst of one size, kept or given back in another order.
      for (int i = 0; i < 40 && wrong.empty(); ++i)
        wrong = allocate(word);
      if (word % 2 == 0) {
        for (int i = 0; i < 40 && wrong.empty(); ++i)
          wrong = deallocate(word % shadow_.size());
      }
    } else {
      resource_.trim();
    }
    return wrong.empty() ? books() : wrong;
  }

  std::string end() {
    std::string wrong = shadow_.contents();
    while (shadow_.size() > 0 && wrong.empty())
      wrong = deallocate(shadow_.size() / 2);
    resource_.trim();
    if (wrong.empty() && resource_.footprint() != 0) wrong = "something is left after a trim";
    return wrong;
  }

 private:
  static resource_options options_on(page_source& source) {
    resource_options options;
    options.pages = &source;
    return options;
  }

  std::string allocate(std::uint64_t word) {
    static constexpr std::size_t sizes[] = {0, 1, 16, 24, 100, 112, 700, 4000, 33'000, 90'000};
    const std::size_t bytes = sizes[word % 10] + word / 10 % 8;
    const std::size_t alignment = std::size_t{1} << (word / 80 % 8 == 0 ? word / 640 % 14 : 3);
    void* address = resource_.allocate(bytes, alignment);
    charged_ += resource_.charge_for(bytes, alignment);
    return shadow_.note(address, bytes, alignment);
  }
  std::string deallocate(std::size_t i) {
    const auto block = shadow_.at(i);
    std::string wrong = shadow_.forget(i);
    charged_ -= resource_.charge_for(block.bytes, block.alignment);
    resource_.deallocate(block.address, block.bytes, block.alignment);
    return wrong;
  }
  std::string books() {
    const resource_usage usage = resource_.usage();
    if (usage.charged != charged_) return "charged is not the sum of charges";
    if (usage.blocks != shadow_.size()) return "blocks are miscounted";
    if (usage.footprint != usage.charged + usage.unused + usage.metadata) return "identity broken";
    std::size_t by_node = 0;
    for (const numa_node& node : simulated_.hardware.nodes()) {
      by_node += resource_.usage(node.id).footprint;
    }
    if (by_node != usage.footprint) return "identity by node broken";
    return resource_.audit() ? "" : "audit failed";
  }

  simulated_machine simulated_;
  page_source source_;
  unsynchronized_slab_resource resource_;
  shadow_blocks shadow_;
  std::size_t charged_ = 0;
};

TEST(slab_walk, leaves_the_books_of_a_resource_right_after_every_step) {
  check_property("slab walk", 60, [] {
    slab_walk walk;
    const auto words = *rc::gen::container<std::vector<std::uint32_t>>(
        rc::gen::inRange<std::uint32_t>(0, 1U << 31));
    for (const std::uint32_t word : words) {
      if (const std::string wrong = walk.take(word); !wrong.empty()) RC_FAIL(wrong);
    }
    if (const std::string wrong = walk.end(); !wrong.empty()) RC_FAIL(wrong);
  });
}

TEST(slab_walk, leaves_the_books_of_a_resource_right_over_a_long_way) {
  std::mt19937_64 random(test_seed());
  slab_walk walk;
  for (int i = 0; i < 1500; ++i)
    ASSERT_EQ(walk.take(random() >> 8), "") << "step " << i;
  ASSERT_EQ(walk.end(), "");
}

// Objects of a cache in waves that leave it in random order: every byte of it is accounted for.
template <slab_return Return>
void wave_through_a_cache() {
  std::mt19937_64 random(test_seed());
  simulated_machine simulated;
  page_source source = simulated.make();
  resource_options options;
  options.pages = &source;
  slab_cache<std::array<std::uint64_t, 9>, build_checks, Return> cache(options);
  std::vector<std::array<std::uint64_t, 9>*> live;
  for (int wave = 0; wave < 12; ++wave) {
    const std::size_t target = random() % 6000;
    while (live.size() < target) {
      live.push_back(cache.new_object());
      live.back()->fill(live.size());
    }
    std::vector<std::uint64_t> expected;
    for (auto* object : live)
      expected.push_back(object->front());
    std::shuffle(live.begin(), live.end(), random);
    const std::uint64_t sum = std::accumulate(expected.begin(), expected.end(), std::uint64_t{0});
    std::uint64_t found = 0;
    for (auto* object : live) {
      ASSERT_EQ(std::count(object->begin(), object->end(), object->front()), 9);
      found += object->front();
    }
    ASSERT_EQ(found, sum);
    while (live.size() > target) {
      cache.delete_object(live.back());
      live.pop_back();
    }
    if (random() % 4 == 0) cache.trim();
    ASSERT_EQ(cache.usage().blocks, live.size());
    ASSERT_TRUE(cache.audit());
  }
  for (auto* object : live)
    cache.delete_object(object);
  cache.trim();
  ASSERT_EQ(cache.usage().footprint, 0u);
}

TEST(slab_walk, leaves_the_books_of_a_cache_right_in_waves) {
  wave_through_a_cache<slab_return::when_empty>();
}

TEST(slab_walk, leaves_the_books_of_a_cache_by_trim_right_in_waves) {
  wave_through_a_cache<slab_return::by_trim>();
}

}  // namespace
}  // namespace nearmem
