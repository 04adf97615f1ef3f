#include "examples/fullnode/sha256.hpp"

#include <gtest/gtest.h>

#include "tests/examples/sample_blocks.hpp"

namespace nearmem::fullnode {
namespace {

TEST(sha256, hashes_the_first_header_to_the_known_block) {
  raw_bytes header = genesis_block();
  header.resize(80);
  EXPECT_EQ(to_string(sha256().double_hash({header})),
            "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f");
}

TEST(sha256, hashes_parts_as_if_they_were_one) {
  sha256 hasher;
  raw_bytes whole = genesis_block();
  std::span<const std::byte> all = whole;
  hash256 expected = hasher.double_hash({all});
  EXPECT_EQ(hasher.double_hash({all.first(1), all.subspan(1, 100), {}, all.subspan(101)}),
            expected);
  EXPECT_NE(hasher.double_hash({all.subspan(1), all.first(1)}), expected);
}

TEST(sha256, hashes_nothing_to_the_known_value) {
  EXPECT_EQ(to_string(sha256().double_hash({})),
            "56944c5d3f98413ef45cf54545538103cc9f298e0575820ad3591376e2e0f65d");
}

}  // namespace
}  // namespace nearmem::fullnode
