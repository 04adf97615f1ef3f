#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_ledger.hpp>

#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

constexpr std::size_t page_bytes = 4096;

std::byte* page(std::size_t number) {
  return reinterpret_cast<std::byte*>((std::uintptr_t{1} << 40) + number * page_bytes);
}

page_record record(std::size_t number) {
  return {page(number), static_cast<std::uint32_t>(number % 7 + 1),
          static_cast<std::uint16_t>(number % 3), static_cast<std::uint16_t>(number % 5)};
}

// Tables on the heap, as an account would give runs.
struct tables {
  std::map<const std::byte*, std::unique_ptr<std::byte[]>> out;

  void resize(page_ledger& ledger) {
    page_record fresh;
    if (const std::size_t bytes = ledger.suitable_bytes(page_bytes); bytes != 0) {
      auto memory = std::make_unique<std::byte[]>(bytes);
      fresh = {memory.get(), static_cast<std::uint32_t>(bytes / page_bytes), 0, 0};
      out[fresh.data] = std::move(memory);
    }
    const page_record before = ledger.move_to(fresh, page_bytes);
    if (before.data != nullptr) {
      EXPECT_EQ(out.erase(before.data), 1u);
    }
  }
};

TEST(page_ledger, holds_a_few_records_without_a_table) {
  page_ledger ledger;
  for (std::size_t i = 0; i < page_ledger::few; ++i) {
    ASSERT_FALSE(ledger.is_full());
    ledger.add(record(i));
  }
  EXPECT_TRUE(ledger.is_full());
  const page_record found = ledger.remove(page(3));
  EXPECT_EQ(found.pages, 4u);
  EXPECT_EQ(found.wanted, 3u);
  EXPECT_EQ(ledger.remove(page(3)).pages, 0u);
  EXPECT_EQ(ledger.size(), page_ledger::few - 1);
}

TEST(page_ledger, shows_the_record_of_its_own_table) {
  page_ledger ledger;
  tables given;
  for (std::size_t i = 0; i < 9; ++i) {
    if (ledger.is_full()) given.resize(ledger);
    ledger.add(record(i));
  }
  std::size_t records = 0;
  ledger.for_each([&records](const page_record&) { ++records; });
  EXPECT_EQ(records, 10u);
  EXPECT_EQ(given.out.size(), 1u);
}

TEST(page_ledger, agrees_with_a_map_while_it_grows_and_shrinks) {
  std::mt19937_64 random(test_seed());
  page_ledger ledger;
  tables given;
  std::map<const std::byte*, page_record> model;
  for (int phase = 0; phase < 6; ++phase) {
    const std::size_t target = phase % 2 == 0 ? 5000 : random() % 8;
    while (model.size() != target) {
      // Neighbours collide in no other way than records far apart do.
      const std::size_t number = random() % 20000;
      if (model.size() < target && !model.contains(page(number))) {
        if (ledger.is_full()) given.resize(ledger);
        ASSERT_FALSE(ledger.is_full());
        ledger.add(record(number));
        model[page(number)] = record(number);
      } else if (model.size() > target) {
        const auto victim = model.lower_bound(page(number));
        if (victim == model.end()) continue;
        const page_record found = ledger.remove(victim->first);
        ASSERT_EQ(found.pages, victim->second.pages);
        ASSERT_EQ(found.node, victim->second.node);
        model.erase(victim);
        if (ledger.is_oversized(page_bytes)) given.resize(ledger);
      }
      ASSERT_EQ(ledger.size(), model.size());
    }
    std::size_t seen = 0;
    ledger.for_each([&](const page_record& one) {
      if (given.out.contains(one.data)) return;
      ++seen;
      EXPECT_EQ(model.count(one.data), 1u);
    });
    EXPECT_EQ(seen, model.size());
    if (target < page_ledger::few / 2) {
      EXPECT_TRUE(given.out.empty());
    }
  }
}

}  // namespace
}  // namespace nearmem
