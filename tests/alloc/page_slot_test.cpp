#include <cerrno>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_reservation.hpp>
#include <nearmem/alloc/page_slot.hpp>

#include "tests/alloc/simulated_machine.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

constexpr std::size_t chunk = page_reservation::chunk_bytes;

// The slot of node 0 of a machine, 32 MiB: 16 chunks.
class page_slot_of : public testing::TestWithParam<std::size_t> {
 protected:
  page_run cut(const cut_request& request) {
    const cut_result piece = slot.cut(request);
    return {piece.data, piece.data == nullptr ? 0 : request.pages * page};
  }
  std::size_t place(page_run run) const {
    return static_cast<std::size_t>(run.data - reservation.data()) / page;
  }

  simulated_machine simulated{"numa:2(memory=64MB) pu:1", 32 * mebibyte, GetParam()};
  const std::size_t page = GetParam();
  const std::size_t pages = chunk / page;
  page_reservation reservation{simulated.hardware, simulated.kernel, 32 * mebibyte};
  std::atomic<std::size_t> committed{0};
  page_owners owners{simulated.kernel, reservation.owners(),
                     reservation.slots() * reservation.slot_chunks(),
                     page_reservation::chunk_owners(), committed};
  page_slot slot{simulated.kernel,
                 owners,
                 reservation.data(),
                 0,
                 reservation.slot_chunks(),
                 chunk,
                 reservation.slot_books(0),
                 {memory_policy::kind::preferred, {node_id{0}}},
                 committed};
};

TEST_P(page_slot_of, tells_its_policy_once) {
  EXPECT_EQ(slot.prepare(), 0);
  EXPECT_EQ(slot.prepare(), 0);
  // Once for the pages and once for the books.
  EXPECT_EQ(simulated.kernel.calls(kernel_call::set_policy), 2u);
  EXPECT_EQ(simulated.kernel.policy_of(reservation.data() + 32 * mebibyte - 1).what,
            memory_policy::kind::preferred);
  EXPECT_EQ(simulated.kernel.policy_of(reservation.data() + 32 * mebibyte).what,
            memory_policy::kind::default_);
}

TEST_P(page_slot_of, asks_again_unless_the_answer_is_final) {
  simulated.kernel.fail(kernel_call::set_policy, 0, EINVAL);
  EXPECT_EQ(slot.prepare(), EINVAL);
  simulated.kernel.fail(kernel_call::set_policy, 0, EPERM);
  EXPECT_EQ(slot.prepare(), EPERM);
  EXPECT_EQ(slot.prepare(), EPERM);
}

TEST_P(page_slot_of, cuts_the_lowest_place_first) {
  const page_run a = cut({.pages = 3});
  const page_run b = cut({.pages = 1});
  const page_run c = cut({.pages = 2});
  EXPECT_EQ(place(a), 0u);
  EXPECT_EQ(place(b), 3u);
  EXPECT_EQ(place(c), 4u);
  slot.give_back(b);
  EXPECT_EQ(place(cut({.pages = 2})), 6u);
  EXPECT_EQ(place(cut({.pages = 1})), 3u);
  EXPECT_TRUE(slot.audit());
}

TEST_P(page_slot_of, keeps_uses_apart) {
  const page_run home = cut({.pages = 1, .use = chunk_use::home});
  const page_run touched = cut({.pages = 1, .use = chunk_use::first_touch});
  const page_run huge = cut({.pages = pages, .huge_pages = true});
  const page_run one = cut({.pages = 1, .use = chunk_use::interleaved, .over = {node_id{1}}});
  const page_run two = cut({.pages = 1, .use = chunk_use::interleaved, .over = {node_id{0}}});
  const page_run same = cut({.pages = 1, .use = chunk_use::interleaved, .over = {node_id{1}}});
  EXPECT_EQ(place(home) / pages, 0u);
  EXPECT_EQ(place(touched) / pages, 1u);
  EXPECT_EQ(place(huge) / pages, 2u);
  EXPECT_EQ(place(one) / pages, 3u);
  EXPECT_EQ(place(two) / pages, 4u);
  EXPECT_EQ(place(same), place(one) + 1);
  // A chunk that became free serves any use.
  slot.give_back(touched);
  EXPECT_EQ(place(cut({.pages = 1, .use = chunk_use::bound})) / pages, 1u);
  EXPECT_TRUE(slot.audit());
}

TEST_P(page_slot_of, cuts_large_runs_from_chunks_in_a_row) {
  const page_run small = cut({.pages = 4});
  const page_run large = cut({.pages = 2 * pages + 3});
  EXPECT_EQ(place(large), pages);
  const page_run tail = cut({.pages = pages - 3});
  EXPECT_EQ(place(tail), 3 * pages + 3);
  EXPECT_EQ(cut({.pages = 13 * pages}).data, nullptr);
  const page_run rest = cut({.pages = 12 * pages});
  EXPECT_EQ(place(rest), 4 * pages);
  EXPECT_EQ(slot.cut({.pages = pages}).failure, page_failure::address_space);
  EXPECT_TRUE(slot.holds(large));
  EXPECT_FALSE(slot.holds({small.data, 5 * page}));
  for (const page_run run : {large, small, rest, tail})
    slot.give_back(run);
  EXPECT_EQ(slot.taken_pages(), 0u);
  EXPECT_TRUE(slot.audit());
  EXPECT_EQ(place(cut({.pages = 16 * pages})), 0u);
}

TEST_P(page_slot_of, becomes_strict_only_between_binders) {
  const page_run first = cut({.pages = 1, .use = chunk_use::bound});
  ASSERT_EQ(slot.bind_begin(first), 0);
  EXPECT_NE(simulated.kernel.policy_of(first.data).what, memory_policy::kind::bind);
  ASSERT_EQ(slot.bind_end(first, true), 0);
  EXPECT_EQ(simulated.kernel.policy_of(first.data).what, memory_policy::kind::bind);
  const page_run second = cut({.pages = 1, .use = chunk_use::bound});
  ASSERT_EQ(slot.bind_begin(second), 0);
  EXPECT_EQ(simulated.kernel.policy_of(second.data).what, memory_policy::kind::preferred);
  // The second came to nothing; the first is strict again.
  ASSERT_EQ(slot.bind_end(second, false), 0);
  EXPECT_EQ(simulated.kernel.policy_of(first.data).what, memory_policy::kind::bind);
  slot.give_back(second);
  slot.give_back(first);
  EXPECT_EQ(simulated.kernel.policy_of(first.data).what, memory_policy::kind::preferred);
}

TEST_P(page_slot_of, repairs_a_chunk_whose_policy_could_not_be_undone) {
  ASSERT_EQ(slot.prepare(), 0);
  const page_run bound = cut({.pages = 1, .use = chunk_use::bound});
  slot.bind_begin(bound);
  slot.bind_end(bound, true);
  simulated.kernel.fail(kernel_call::set_policy, 0, ENOMEM);
  slot.give_back(bound);
  ASSERT_TRUE(simulated.kernel.has_failed());
  EXPECT_EQ(simulated.kernel.policy_of(bound.data).what, memory_policy::kind::bind);
  const page_run home = cut({.pages = 1});
  EXPECT_EQ(home.data, bound.data);
  EXPECT_EQ(simulated.kernel.policy_of(home.data).what, memory_policy::kind::preferred);
}

// Against a table of pages: no page twice, nothing refused while there is a place for it.
TEST_P(page_slot_of, agrees_with_a_table_of_pages) {
  std::mt19937_64 random(test_seed());
  struct page_state {
    bool taken = false;
    chunk_use use = chunk_use::none;
  };
  std::vector<page_state> model(16 * pages);
  std::vector<std::pair<page_run, chunk_use>> runs;
  const auto has_place = [&](const cut_request& request) {
    for (std::size_t at = 0; at < 16; ++at) {
      bool free = true;
      bool same = true;
      std::size_t row = 0;
      std::size_t longest = 0;
      for (std::size_t i = at * pages; i < (at + 1) * pages; ++i) {
        free = free && !model[i].taken;
        same = same && (!model[i].taken || model[i].use == request.use);
        row = model[i].taken ? 0 : row + 1;
        longest = std::max(longest, row);
      }
      if (free || (same && request.pages < pages && longest >= request.pages)) return true;
    }
    return false;
  };
  for (int i = 0; i < 4000; ++i) {
    const bool growing = (i / 400) % 2 == 0;
    if (random() % 8 < (growing ? 6U : 2U)) {
      cut_request request;
      request.pages = 1 + random() % (random() % 8 == 0 ? pages : 9);
      request.use = random() % 2 == 0 ? chunk_use::home : chunk_use::first_touch;
      const page_run run = cut(request);
      if (run.data == nullptr) {
        ASSERT_FALSE(has_place(request)) << request.pages;
        continue;
      }
      for (std::size_t at = place(run); at < place(run) + request.pages; ++at) {
        ASSERT_FALSE(model[at].taken);
        model[at] = {true, request.use};
      }
      runs.emplace_back(run, request.use);
    } else if (!runs.empty()) {
      std::swap(runs[random() % runs.size()], runs.back());
      const page_run run = runs.back().first;
      runs.pop_back();
      for (std::size_t at = place(run); at < place(run) + run.bytes / page; ++at)
        model[at] = {};
      slot.give_back(run);
    }
    if (i % 16 == 0) {
      ASSERT_TRUE(slot.audit());
    }
  }
  for (const auto& [run, use] : runs)
    slot.give_back(run);
  EXPECT_EQ(slot.taken_pages(), 0u);
  EXPECT_TRUE(slot.audit());
  EXPECT_EQ(simulated.kernel.resident_bytes(), committed);
}

INSTANTIATE_TEST_SUITE_P(pages, page_slot_of, testing::Values(4096, 65536));

}  // namespace
}  // namespace nearmem
