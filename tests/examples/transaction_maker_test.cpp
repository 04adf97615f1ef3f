#include "examples/fullnode/transaction_maker.hpp"

#include <set>

#include <gtest/gtest.h>

#include "examples/fullnode/byte_reader.hpp"
#include "examples/fullnode/key_image.hpp"
#include "examples/fullnode/transaction.hpp"

namespace nearmem::fullnode {
namespace {

class makers : public testing::Test {
 protected:
  transaction read(std::span<const std::byte> bytes) {
    byte_reader reader(bytes);
    transaction made = read_transaction(reader, hasher, {});
    EXPECT_EQ(reader.remaining(), 0u);
    return made;
  }
  double mean_bytes(profile shape) {
    constexpr int count = 500;
    transaction_maker maker(shape, 5, coins);
    std::size_t sum = 0;
    std::set<hash256> ids;
    for (int i = 0; i < count; ++i) {
      const transaction made = read(*maker.make({}));
      sum += made.serialized_bytes;
      ids.insert(made.id);
      EXPECT_EQ(shows_key_images(made), shape != profile::bitcoin);
    }
    EXPECT_EQ(ids.size(), static_cast<std::size_t>(count));
    return static_cast<double>(sum) / count;
  }
  void fund(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i)
      coins.put({{{}, i}, 1'000'000});
  }

  sha256 hasher;
  wallet coins{10'000};
};

TEST_F(makers, make_transactions_of_the_size_of_their_profile) {
  fund(10'000);
  EXPECT_NEAR(mean_bytes(profile::priv), 4'000, 150);
  EXPECT_NEAR(mean_bytes(profile::minting), 1'500, 60);
  EXPECT_NEAR(mean_bytes(profile::bitcoin), 640, 250);
}

TEST_F(makers, spend_what_a_wallet_has_and_nothing_else) {
  transaction_maker maker(profile::bitcoin, 1, coins);
  EXPECT_FALSE(maker.make({}));
  fund(1);
  const transaction made = read(*maker.make({}));
  ASSERT_EQ(made.inputs.size(), 1u);
  EXPECT_EQ(made.inputs.front().spends, (outpoint{{}, 0}));
  EXPECT_FALSE(maker.make({}));
  fund(3);
  ASSERT_TRUE(maker.make({}));
  maker.give_back();
  EXPECT_EQ(coins.size(), 3u);
}

TEST_F(makers, make_children_and_conflicts) {
  fund(10);
  transaction_maker maker(profile::bitcoin, 1, coins);
  const auto bytes = *maker.make({});
  const transaction parent = read(bytes);
  const transaction child = read(maker.make_child(bytes, {}));
  EXPECT_EQ(child.inputs.front().spends, (outpoint{parent.id, 0}));
  const transaction other = read(maker.make_conflict());
  EXPECT_NE(other.id, parent.id);
  EXPECT_EQ(other.inputs.front().spends, parent.inputs.front().spends);
}

TEST_F(makers, state_the_fee_of_what_hides_its_amounts) {
  for (const profile shape : {profile::priv, profile::minting}) {
    transaction_maker maker(shape, 3, coins);
    const transaction made = read(*maker.make({7, 7}));
    EXPECT_EQ(stated_fee(made), 7 * std::int64_t{made.serialized_bytes});
    transaction other(made, {});
    other.outputs.back().value = -1;
    EXPECT_EQ(stated_fee(other), 0);
    other.outputs.pop_back();
    EXPECT_EQ(stated_fee(other), 0);
  }
}

TEST_F(makers, make_the_same_again) {
  transaction_maker one(profile::priv, 9, coins);
  transaction_maker other(profile::priv, 9, coins);
  transaction_maker third(profile::priv, 10, coins);
  const hash256 id = read(*one.make({})).id;
  EXPECT_EQ(read(*other.make({})).id, id);
  EXPECT_NE(read(*third.make({})).id, id);
}

}  // namespace
}  // namespace nearmem::fullnode
