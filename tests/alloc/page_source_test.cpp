#include <algorithm>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_source.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

TEST(page_source, gives_zeroed_pages_of_its_node_and_takes_them_back) {
  page_source& source = page_source::process();
  const page_source_usage before = source.own_usage();
  const page_grant grant = source.acquire({.bytes = 3 * source.page_bytes() - 1});
  ASSERT_EQ(grant.failure, page_failure::none);
  EXPECT_EQ(grant.run.bytes, 3 * source.page_bytes());
  EXPECT_TRUE(std::all_of(grant.run.data, grant.run.data + grant.run.bytes,
                          [](std::byte byte) { return byte == std::byte{0}; }));
  EXPECT_EQ(source.home_of(grant.run.data), grant.node);
  EXPECT_GE(source.own_usage().committed, before.committed + grant.run.bytes);
  std::memset(grant.run.data, 0xff, grant.run.bytes);
  source.release(grant.run);
  const page_grant again = source.acquire({.bytes = grant.run.bytes});
  ASSERT_EQ(again.failure, page_failure::none);
  EXPECT_EQ(again.run.data, grant.run.data);
  EXPECT_EQ(again.run.data[0], std::byte{0});
  source.release(again.run);
  EXPECT_TRUE(source.audit());
}

TEST(page_source, knows_owners_page_by_page) {
  page_source& source = page_source::process();
  const page_grant first = source.acquire({.bytes = source.page_bytes()});
  const page_grant second = source.acquire({.bytes = 2 * source.page_bytes()});
  ASSERT_TRUE(first.run && second.run);
  int owner = 0;
  EXPECT_EQ(source.owner_of(second.run.data), nullptr);
  source.set_owner(second.run, &owner);
  EXPECT_EQ(source.owner_of(second.run.data + second.run.bytes - 1), &owner);
  EXPECT_EQ(source.owner_of(first.run.data), nullptr);
  source.release(second.run);
  EXPECT_EQ(source.owner_of(second.run.data), nullptr);
  source.release(first.run);
  EXPECT_EQ(source.owner_of(first.run.data), nullptr);
}

TEST(page_source, tells_its_own_addresses_from_others) {
  page_source& source = page_source::process();
  const page_grant grant = source.acquire({.bytes = 1});
  int foreign = 0;
  EXPECT_TRUE(source.contains(grant.run.data));
  EXPECT_FALSE(source.contains(&foreign));
  EXPECT_FALSE(source.contains(nullptr));
  EXPECT_EQ(source.home_of(&foreign), std::nullopt);
  EXPECT_EQ(source.home_of(nullptr), std::nullopt);
  EXPECT_EQ(source.home_position(&foreign), source.homes_count());
  source.release(grant.run);
}

TEST(page_source, says_by_position_where_an_address_is_at_home) {
  page_source& source = page_source::process();
  ASSERT_EQ(source.homes_count(), source.hardware().nodes().size());
  for (const numa_node& node : source.hardware().nodes()) {
    const page_grant grant = source.acquire({.bytes = 1, .where = placement::preferred(node.id)});
    ASSERT_EQ(grant.failure, page_failure::none);
    const std::size_t position = source.home_position(grant.run.data);
    ASSERT_LT(position, source.homes_count());
    EXPECT_EQ(source.hardware().nodes()[position].id, source.home_of(grant.run.data));
    const address_range slot = source.slot_of_home(position);
    EXPECT_LE(slot.begin, static_cast<const void*>(grant.run.data));
    EXPECT_LT(static_cast<const void*>(grant.run.data),
              static_cast<const void*>(static_cast<const std::byte*>(slot.begin) + slot.bytes));
    source.release(grant.run);
  }
}

TEST(page_source, gives_large_runs_and_uses_their_tails) {
  simulated_machine simulated;
  page_source source = simulated.make();
  const std::size_t page = source.page_bytes();
  const page_grant large = source.acquire({.bytes = 5 * mebibyte});
  const page_grant small = source.acquire({.bytes = page});
  ASSERT_TRUE(large.run && small.run);
  EXPECT_EQ(small.run.data, large.run.data + 5 * mebibyte);
  EXPECT_EQ(simulated.kernel.resident_bytes() - source.own_usage().footprint, 5 * mebibyte + page);
  source.release(large.run);
  EXPECT_TRUE(source.audit());
  source.release(small.run);
  EXPECT_TRUE(source.audit());
}

TEST(page_source, aligns_runs_up_to_a_chunk) {
  simulated_machine simulated;
  page_source source = simulated.make();
  std::vector<page_run> runs;
  for (std::size_t alignment = 1; alignment <= page_source::chunk_bytes; alignment *= 2) {
    const page_grant grant = source.acquire({.bytes = 5000, .alignment = alignment});
    ASSERT_TRUE(grant.run) << alignment;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(grant.run.data) % alignment, 0u);
    runs.push_back(grant.run);
  }
  EXPECT_EQ(source.acquire({.bytes = 1, .alignment = 2 * page_source::chunk_bytes}).failure,
            page_failure::address_space);
  for (const page_run run : runs)
    source.release(run);
  EXPECT_TRUE(source.audit());
}

TEST(page_source, refuses_what_no_slot_can_hold) {
  simulated_machine simulated;
  page_source source = simulated.make();
  EXPECT_EQ(source.acquire({.bytes = simulated.slot + 1}).failure, page_failure::address_space);
  EXPECT_EQ(source.acquire({.bytes = ~std::size_t{0}}).failure, page_failure::address_space);
  EXPECT_EQ(source.run_bytes({.bytes = ~std::size_t{0}}), std::nullopt);
  EXPECT_EQ(source.own_usage().committed, 0u);
}

TEST(page_source, returns_every_byte_but_its_records) {
  simulated_machine simulated;
  page_source source = simulated.make();
  std::vector<page_run> runs;
  for (std::size_t i = 0; i < 200; ++i) {
    runs.push_back(source.acquire({.bytes = (i % 50 + 1) * source.page_bytes()}).run);
    ASSERT_TRUE(runs.back());
  }
  EXPECT_EQ(source.own_usage().committed, simulated.kernel.resident_bytes());
  for (const page_run run : runs)
    source.release(run);
  EXPECT_EQ(source.own_usage().committed, source.own_usage().footprint);
  EXPECT_EQ(source.own_usage().committed, simulated.kernel.resident_bytes());
  // One page of index and one of records, for all the chunks of a small slot.
  EXPECT_EQ(source.own_usage().footprint, 2 * source.page_bytes());
}

TEST(page_source, gives_its_address_space_back) {
  simulated_machine simulated;
  {
    page_source source = simulated.make();
    EXPECT_GT(simulated.kernel.reserved_bytes(), 8 * simulated.slot);
  }
  EXPECT_EQ(simulated.kernel.reserved_bytes(), 0u);
}

TEST(page_source, ends_on_a_run_that_is_not_out) {
  if constexpr (build_checks == check_level::fast) GTEST_SKIP() << "checks are off in this build";
  simulated_machine simulated;
  page_source source = simulated.make();
  const page_grant grant = source.acquire({.bytes = 1});
  EXPECT_DEATH(source.release({grant.run.data + source.page_bytes(), source.page_bytes()}),
               "not out");
  int foreign = 0;
  EXPECT_DEATH(source.release({reinterpret_cast<std::byte*>(&foreign), 4096}), "not a run");
  source.release(grant.run);
  EXPECT_DEATH(source.release(grant.run), "not out");
}

TEST(page_source, commits_nothing_outside_of_the_ranges_it_names) {
  simulated_machine simulated;
  page_source source = simulated.make();
  const page_grant grant = source.acquire({.bytes = 3 * mebibyte});
  std::size_t reserved = 0;
  std::size_t resident = 0;
  for (const address_range& range : source.ranges()) {
    reserved += range.bytes;
    const auto* begin = static_cast<const std::byte*>(range.begin);
    for (std::size_t at = 0; at < range.bytes; at += source.page_bytes()) {
      if (simulated.kernel.node_of(begin + at)) resident += source.page_bytes();
    }
  }
  EXPECT_EQ(reserved, simulated.kernel.reserved_bytes());
  EXPECT_EQ(resident, simulated.kernel.resident_bytes());
  EXPECT_EQ(resident, source.own_usage().committed);
  source.release(grant.run);
}

}  // namespace
}  // namespace nearmem
