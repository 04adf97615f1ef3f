#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/remote_box.hpp>
#include <nearmem/alloc/remote_chain.hpp>

#include "tests/alloc/supply_on_machine.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

std::vector<std::uint32_t> cells_of(const slab& home, std::uint32_t first) {
  std::vector<std::uint32_t> found;
  remote_chain::each(home, first, [&](std::uint32_t index) { found.push_back(index); });
  std::sort(found.begin(), found.end());
  return found;
}

// A slab over memory of its own.
struct bare_slab {
  bare_slab(std::uint32_t cell_bytes, std::uint32_t cells)
      : data(std::size_t{cell_bytes} * cells / sizeof(std::uint64_t)),
        memory(slab::descriptor_bytes(cells)),
        pages(resource_options{}),
        described(new(memory.data())
                      slab({}, pages, {reinterpret_cast<std::byte*>(data.data()), data.size() * 8},
                           0, cell_bytes, cells)) {}

  void begin(remote_chain& chain) const {
    chain.begin(*described, size_class::index(described->cell_bytes()));
  }
  void add_to(remote_chain& chain, std::uint32_t index) const {
    chain.add(described->grid().at(index));
  }

  std::vector<std::uint64_t> data;
  std::vector<std::byte> memory;
  page_account pages;
  slab* described;
};

TEST(remote_chain, holds_every_cell_that_was_added) {
  std::mt19937_64 random(test_seed());
  for (const auto& [cell_bytes, cells] :
       {std::pair{16u, 256u}, {16u, 70'000u}, {48u, 85u}, {64u, 1024u}, {4096u, 16u}}) {
    bare_slab bare(cell_bytes, cells);
    std::vector<std::uint32_t> all(cells);
    for (std::uint32_t i = 0; i < cells; ++i)
      all[i] = i;
    std::shuffle(all.begin(), all.end(), random);
    all.resize(1 + random() % std::min(cells, 255u));
    remote_chain chain;
    bare.begin(chain);
    for (const std::uint32_t index : all)
      bare.add_to(chain, index);
    chain.close();
    EXPECT_EQ(chain.cells(), all.size());
    std::sort(all.begin(), all.end());
    EXPECT_EQ(cells_of(*bare.described, chain.first()), all);
  }
}

TEST(remote_chain, is_put_in_front_of_another) {
  bare_slab bare(64, 1024);
  remote_chain one;
  bare.begin(one);
  for (std::uint32_t i = 0; i < 100; ++i)
    bare.add_to(one, i);
  one.close();
  remote_chain two;
  bare.begin(two);
  for (std::uint32_t i = 500; i < 700; ++i)
    bare.add_to(two, i);
  two.close(one.first());
  EXPECT_EQ(cells_of(*bare.described, two.first()).size(), 300u);
  remote_chain three;
  bare.begin(three);
  bare.add_to(three, 900);
  three.close(two.first());
  EXPECT_EQ(cells_of(*bare.described, three.first()).size(), 301u);
}

TEST(remote_chain, may_be_added_to_after_it_was_read) {
  bare_slab bare(64, 1024);
  remote_chain chain;
  bare.begin(chain);
  for (std::uint32_t i = 0; i < 200; ++i) {
    bare.add_to(chain, i);
    chain.close();
    ASSERT_EQ(cells_of(*bare.described, chain.first()).size(), i + 1);
  }
}

TEST(remote_chain, writes_to_one_cell_of_some_thirty) {
  bare_slab bare(64, 1024);
  std::fill(bare.data.begin(), bare.data.end(), ~std::uint64_t{0});
  remote_chain chain;
  bare.begin(chain);
  for (std::uint32_t i = 0; i < 240; ++i)
    bare.add_to(chain, i);
  chain.close();
  int written = 0;
  for (std::size_t cell = 0; cell < 1024; ++cell) {
    const auto* words = &bare.data[cell * 8];
    written += std::all_of(words, words + 8, [](std::uint64_t word) { return ~word == 0; }) ? 0 : 1;
  }
  EXPECT_LE(written, 10);
}

// An open box and the bytes that it lies in.
struct an_open_box {
  explicit an_open_box(unsigned place_bits)
      : bytes(remote_box::bytes_for(place_bits)), box(*new(bytes.data()) remote_box(place_bits)) {}

  std::vector<std::byte> bytes;
  remote_box& box;
};

TEST(remote_box, finds_the_place_of_a_slab_again) {
  supply_on_machine under;
  an_open_box with(remote_box::few_place_bits);
  remote_box& box = with.box;
  std::set<const remote_chain*> places;
  for (std::size_t i = 0; i < 2 * box.places(); ++i) {
    slab& one = under.make_slab(0);
    EXPECT_EQ(&box.place_of(one), &box.place_of(one));
    places.insert(&box.place_of(one));
  }
  // Slabs that are freed into by turns seldom want the same place.
  EXPECT_GE(places.size(), box.places() / 2);
}

TEST(remote_box, is_too_small_when_chains_have_often_left_their_places) {
  an_open_box few(remote_box::few_place_bits);
  an_open_box most(remote_box::most_place_bits);
  for (std::size_t i = 0; i < 4 * few.box.places(); ++i) {
    EXPECT_FALSE(few.box.is_too_small());
    few.box.count_displaced();
  }
  EXPECT_TRUE(few.box.is_too_small());
  few.box.forget_displaced();
  EXPECT_FALSE(few.box.is_too_small());
  for (std::size_t i = 0; i < 100 * most.box.places(); ++i)
    most.box.count_displaced();
  EXPECT_FALSE(most.box.is_too_small()) << "there is no larger one";
}

TEST(remote_box, lets_cells_wait_up_to_32_or_64_kib) {
  bare_slab bare(64, 64);
  slab& home = *bare.described;
  const auto cell = [&](std::uint32_t index) { return home.grid().at(index); };
  remote_box closed;
  EXPECT_FALSE(closed.try_add(home, cell(0), 3, 0));
  an_open_box with(remote_box::few_place_bits);
  remote_box& box = with.box;
  for (std::uint32_t i = 0; i < remote_box::most_waiting; ++i)
    EXPECT_TRUE(box.try_add(home, cell(i), 3, 16));
  EXPECT_FALSE(box.try_add(home, cell(32), 3, 16));
  std::array<waiting_cell, remote_box::most_waiting> taken;
  ASSERT_EQ(box.take_waiting(taken), remote_box::most_waiting);
  EXPECT_EQ(taken[31].cell, cell(31));
  EXPECT_EQ(taken[31].home, &home);
  EXPECT_EQ(taken[31].class_number, 3);
  EXPECT_TRUE(box.waiting().empty());
  EXPECT_TRUE(box.try_add(home, cell(0), 3, 32'768));
  EXPECT_TRUE(box.try_add(home, cell(1), 3, 32'768));
  EXPECT_FALSE(box.try_add(home, cell(2), 3, 16));
}

TEST(remote_box, sends_after_16_kib_or_128_cells) {
  EXPECT_EQ(remote_box::most_cells(size_class::index(16)), 128u);
  EXPECT_EQ(remote_box::most_cells(size_class::index(64)), 128u);
  EXPECT_EQ(remote_box::most_cells(size_class::index(1024)), 16u);
  EXPECT_EQ(remote_box::most_cells(size_class::index(32'768)), 1u);
}

}  // namespace
}  // namespace nearmem
