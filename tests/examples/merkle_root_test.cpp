#include "examples/fullnode/merkle_root.hpp"

#include <cstddef>

#include <gtest/gtest.h>

#include "tests/examples/sample_blocks.hpp"

namespace nearmem::fullnode {
namespace {

hash256 leaf(unsigned number) {
  hash256 id;
  id.bytes[0] = static_cast<std::byte>(number);
  return id;
}

class merkle : public testing::Test {
 protected:
  hash256 parent(const hash256& left, const hash256& right) {
    return hasher.double_hash({left.bytes, right.bytes});
  }

  sha256 hasher;
};

TEST_F(merkle, root_of_none_is_zero_and_of_one_is_itself) {
  EXPECT_EQ(merkle_root({}, hasher).root, hash256{});
  EXPECT_EQ(merkle_root({leaf(7)}, hasher).root, leaf(7));
}

TEST_F(merkle, root_of_an_odd_level_pairs_the_last_with_itself) {
  hash256 right = parent(leaf(3), leaf(3));
  merkle_result tree = merkle_root({leaf(1), leaf(2), leaf(3)}, hasher);
  EXPECT_EQ(tree.root, parent(parent(leaf(1), leaf(2)), right));
  EXPECT_FALSE(tree.repeated);
}

TEST_F(merkle, root_depends_on_the_order) {
  EXPECT_NE(merkle_root({leaf(1), leaf(2)}, hasher).root,
            merkle_root({leaf(2), leaf(1)}, hasher).root);
}

TEST_F(merkle, root_tells_a_list_whose_end_was_repeated) {
  merkle_result honest = merkle_root({leaf(1), leaf(2), leaf(3)}, hasher);
  merkle_result repeated = merkle_root({leaf(1), leaf(2), leaf(3), leaf(3)}, hasher);
  EXPECT_EQ(honest.root, repeated.root);
  EXPECT_TRUE(repeated.repeated);
  std::pmr::vector<hash256> six = {leaf(1), leaf(2), leaf(3), leaf(4), leaf(5), leaf(6)};
  EXPECT_FALSE(merkle_root(six, hasher).repeated);
  six.push_back(leaf(5));
  six.push_back(leaf(6));
  EXPECT_TRUE(merkle_root(six, hasher).repeated);
}

TEST_F(merkle, root_of_many_leaves_is_that_of_its_halves) {
  std::pmr::vector<hash256> all;
  for (unsigned i = 0; i < 64; ++i)
    all.push_back(leaf(i));
  std::pmr::vector<hash256> left(all.begin(), all.begin() + 32);
  std::pmr::vector<hash256> right(all.begin() + 32, all.end());
  EXPECT_EQ(merkle_root(all, hasher).root,
            parent(merkle_root(left, hasher).root, merkle_root(right, hasher).root));
}

}  // namespace
}  // namespace nearmem::fullnode
