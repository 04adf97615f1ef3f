#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_descriptors.hpp>

#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

struct aligned_delete {
  void operator()(std::byte* data) const { ::operator delete(data, std::align_val_t{65536}); }
};

class heap_pages final : public descriptor_pages {
 public:
  explicit heap_pages(std::size_t bytes_of_page) : bytes_of_page_(bytes_of_page) {}

  page_grant take_metadata(std::size_t bytes) noexcept override {
    page_grant grant;
    if (refuse) {
      grant.failure = page_failure::memory;
      return grant;
    }
    bytes = (bytes + bytes_of_page_ - 1) / bytes_of_page_ * bytes_of_page_;
    auto* data = static_cast<std::byte*>(::operator new(bytes, std::align_val_t{65536}));
    out[data] = {bytes, std::unique_ptr<std::byte, aligned_delete>(data)};
    grant.run = {data, bytes};
    return grant;
  }
  void give_metadata(page_run run) noexcept override {
    EXPECT_TRUE(out.contains(run.data));
    EXPECT_EQ(out[run.data].first, run.bytes);
    out.erase(run.data);
  }
  std::size_t page_bytes() noexcept override { return bytes_of_page_; }

  std::map<std::byte*, std::pair<std::size_t, std::unique_ptr<std::byte, aligned_delete>>> out;
  bool refuse = false;

 private:
  std::size_t bytes_of_page_;
};

TEST(page_descriptors, packs_descriptors_of_all_sizes_into_one_page) {
  heap_pages pages(4096);
  page_descriptors descriptors;
  page_grant why;
  std::vector<std::pair<void*, std::size_t>> made;
  for (const std::size_t bytes : {1U, 64U, 65U, 500U, 1000U, 1500U}) {
    made.emplace_back(descriptors.make(pages, bytes, why), bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(made.back().first) % 64, 0u);
  }
  EXPECT_EQ(pages.out.size(), 1u);
  for (const auto& [data, bytes] : made)
    descriptors.drop(pages, data, bytes);
  EXPECT_TRUE(pages.out.empty());
}

TEST(page_descriptors, gives_large_ones_runs_of_their_own) {
  heap_pages pages(4096);
  page_descriptors descriptors;
  page_grant why;
  void* large = descriptors.make(pages, 10000, why);
  ASSERT_NE(large, nullptr);
  EXPECT_EQ(pages.out.begin()->second.first, 12288u);
  descriptors.drop(pages, large, 10000);
  EXPECT_TRUE(pages.out.empty());
}

TEST(page_descriptors, says_why_there_is_none) {
  heap_pages pages(4096);
  page_descriptors descriptors;
  page_grant why;
  pages.refuse = true;
  EXPECT_EQ(descriptors.make(pages, 64, why), nullptr);
  EXPECT_EQ(why.failure, page_failure::memory);
}

class page_descriptors_of_page : public testing::TestWithParam<std::size_t> {};

TEST_P(page_descriptors_of_page, never_overlap_and_all_come_back) {
  std::mt19937_64 random(test_seed());
  heap_pages pages(GetParam());
  page_descriptors descriptors;
  page_grant why;
  struct block {
    unsigned char* data;
    std::size_t bytes;
    unsigned char mark;
  };
  std::vector<block> live;
  for (int i = 0; i < 20000; ++i) {
    if (live.empty() || random() % 2 == 0) {
      const std::size_t bytes = 1 + random() % (random() % 16 == 0 ? 6000 : 900);
      auto* data = static_cast<unsigned char*>(descriptors.make(pages, bytes, why));
      ASSERT_NE(data, nullptr);
      const auto mark = static_cast<unsigned char>(random());
      std::memset(data, mark, bytes);
      live.push_back({data, bytes, mark});
    } else {
      std::swap(live[random() % live.size()], live.back());
      const block last = live.back();
      live.pop_back();
      for (std::size_t at = 0; at < last.bytes; ++at)
        ASSERT_EQ(last.data[at], last.mark);
      descriptors.drop(pages, last.data, last.bytes);
    }
  }
  for (const block& last : live)
    descriptors.drop(pages, last.data, last.bytes);
  EXPECT_TRUE(pages.out.empty());
}

INSTANTIATE_TEST_SUITE_P(sizes, page_descriptors_of_page, testing::Values(4096, 65536));

}  // namespace
}  // namespace nearmem
