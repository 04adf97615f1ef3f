#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/arena_resource.hpp>

#include "tests/alloc/simulated_machine.hpp"
#include "tests/property/seeded_property.hpp"
#include "tests/property/shadow_blocks.hpp"

namespace nearmem {
namespace {

resource_options options_on(page_source& source) {
  resource_options options;
  options.pages = &source;
  return options;
}

// The size and alignment that a random word asks for.
struct request {
  explicit request(std::uint64_t word) {
    static constexpr std::size_t sizes[] = {0, 1, 8, 24, 100, 900, 5000, 70'000};
    bytes = sizes[word % 8] + word / 8 % 16;
    alignment = std::size_t{1} << (word / 128 % 8 == 0 ? word / 1024 % 15 : word / 1024 % 5);
  }

  std::size_t bytes;
  std::size_t alignment;
};

// An arena with its shadow; every step is a random word.
class arena_walk {
 public:
  explicit arena_walk(std::size_t retained)
      : source_(simulated_.make()), arena_(arena_options(options_on(source_), retained)) {}

  // What is wrong after the step, or nothing.
  std::string take(std::uint64_t word) {
    const std::uint64_t choice = word % 32;
    word /= 32;
    std::string wrong;
    if (choice < 24) {
      const request wanted(word);
      wrong = shadow_.note(arena_.allocate_aligned(wanted.bytes, wanted.alignment), wanted.bytes,
                           wanted.alignment);
      charged_ += wanted.bytes;
    } else if (choice < 28) {
      marks_.push_back({arena_.mark(), shadow_.size(), charged_});
    } else if (choice < 30) {
      if (!marks_.empty()) wrong = rewind(word % marks_.size());
    } else if (choice == 30) {
      arena_.trim();
    } else {
      wrong = start_over(word % 2 == 0);
    }
    return wrong.empty() ? books() : wrong;
  }

  std::string end() {
    std::string wrong = start_over(false);
    if (wrong.empty() && arena_.footprint() != 0) wrong = "something is left after a release";
    return wrong;
  }

 private:
  struct made_mark {
    arena::marker mark;
    std::size_t blocks;
    std::size_t charged;
  };

  std::string rewind(std::size_t to) {
    const made_mark back = marks_[to];
    marks_.resize(to + 1);
    std::string wrong = shadow_.forget_to(back.blocks);
    charged_ = back.charged;
    arena_.rewind(back.mark);
    return wrong;
  }
  std::string start_over(bool keep) {
    std::string wrong = shadow_.forget_to(0);
    marks_.clear();
    charged_ = 0;
    if (keep) {
      arena_.reset();
    } else {
      arena_.release();
    }
    return wrong;
  }
  std::string books() {
    const resource_usage usage = arena_.usage();
    if (usage.charged != charged_) return "charged is not what was asked for";
    if (usage.blocks != shadow_.size()) return "blocks are miscounted";
    if (usage.footprint != usage.charged + usage.unused + usage.metadata) return "identity broken";
    if (arena_.memory_usage() < charged_) return "used less than was asked for";
    if (arena_.memory_usage() > arena_.footprint()) return "used more than is held";
    return arena_.audit() ? "" : "audit failed";
  }

  simulated_machine simulated_;
  page_source source_;
  arena arena_;
  shadow_blocks shadow_;
  std::vector<made_mark> marks_;
  std::size_t charged_ = 0;
};

void walk_with_rapidcheck(std::size_t retained) {
  check_property("arena walk", 60, [retained] {
    arena_walk walk(retained);
    const auto words = *rc::gen::container<std::vector<std::uint32_t>>(
        rc::gen::inRange<std::uint32_t>(0, 1U << 31));
    for (const std::uint32_t word : words) {
      if (const std::string wrong = walk.take(word); !wrong.empty()) RC_FAIL(wrong);
    }
    if (const std::string wrong = walk.end(); !wrong.empty()) RC_FAIL(wrong);
  });
}

TEST(arena_walk, leaves_the_books_right_after_every_step) {
  walk_with_rapidcheck(mebibyte);
}

TEST(arena_walk, leaves_the_books_right_when_nothing_is_retained) {
  walk_with_rapidcheck(0);
}

TEST(arena_walk, leaves_the_books_right_over_a_long_way) {
  std::mt19937_64 random(test_seed());
  arena_walk walk(256 * 1024);
  for (int i = 0; i < 20'000; ++i)
    ASSERT_EQ(walk.take(random() >> 8), "") << "step " << i;
  ASSERT_EQ(walk.end(), "");
}

// Through the resource, where blocks go one by one.
TEST(arena_walk, leaves_the_books_of_a_resource_right_over_a_long_way) {
  std::mt19937_64 random(test_seed());
  simulated_machine simulated;
  page_source source = simulated.make();
  arena_resource resource(options_on(source));
  shadow_blocks shadow;
  std::size_t charged = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t word = random() >> 8;
    if (word % 5000 == 0) {
      ASSERT_EQ(shadow.forget_to(0), "");
      resource.reset();
      charged = 0;
    } else if (word % 5 < 3 || shadow.size() == 0) {
      const request wanted(word / 5);
      ASSERT_EQ(shadow.note(resource.allocate(wanted.bytes, wanted.alignment), wanted.bytes,
                            wanted.alignment),
                "");
      charged += wanted.bytes;
    } else {
      // Often the last one, which makes room again.
      const std::size_t at =
          word % 5 == 3 ? shadow.size() - 1 : static_cast<std::size_t>(word / 5) % shadow.size();
      const auto block = shadow.at(at);
      ASSERT_EQ(shadow.forget(at), "");
      resource.deallocate(block.address, block.bytes, block.alignment);
      charged -= block.bytes;
    }
    ASSERT_EQ(resource.usage().charged, charged);
    ASSERT_EQ(resource.usage().blocks, shadow.size());
    ASSERT_TRUE(resource.audit());
  }
}

}  // namespace
}  // namespace nearmem
