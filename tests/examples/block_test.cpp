#include "examples/fullnode/block.hpp"

#include <cstddef>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>

#include "examples/fullnode/block_source.hpp"
#include "examples/fullnode/input_error.hpp"
#include "tests/examples/recording_resource.hpp"
#include "tests/examples/sample_blocks.hpp"

namespace nearmem::fullnode {
namespace {

class blocks : public testing::Test {
 protected:
  block read(const raw_bytes& input) {
    return parse({byte_string(input.begin(), input.end(), &memory), "a file", 0}, hasher, &memory);
  }

  // What is wrong with `input`, as said to the user.
  std::string refusal(const raw_bytes& input) {
    try {
      read(input);
    } catch (const input_error& error) {
      return error.what();
    }
    return "accepted";
  }

  static sample_transaction spend(const hash256& id) {
    return {{{{id, 0}, raw_bytes(107, std::byte{1})}}, {{5, raw_bytes(25, std::byte{2})}}};
  }

  recording_resource memory;
  sha256 hasher;
};

TEST_F(blocks, begin_with_the_first_of_the_main_chain) {
  block first = read(genesis_block());
  EXPECT_EQ(to_string(first.id),
            "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f");
  EXPECT_EQ(to_string(first.header.merkle_root),
            "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b");
  ASSERT_EQ(first.transactions.size(), 1u);
  EXPECT_EQ(first.transactions[0].id, first.header.merkle_root);
  EXPECT_EQ(first.transactions[0].outputs[0].value, 5'000'000'000);
}

TEST_F(blocks, are_charged_what_their_resource_charges) {
  sample_transaction coinbase = sample_coinbase(1);
  raw_bytes input = serialized_block_of({coinbase, spend(id_of(coinbase))});
  byte_reader reader(input);
  block got = read_block(reader, hasher, &memory);
  EXPECT_EQ(recursive_dynamic_usage(got), memory.usage().charged);
}

TEST_F(blocks, are_refused_with_a_wrong_merkle_root) {
  sample_transaction coinbase = sample_coinbase(1);
  std::string said = refusal(serialized_block_of({coinbase}, hash256{}));
  EXPECT_EQ(said, "a file: at byte 36: wrong Merkle root: the header says " + std::string(64, '0') +
                      ", the transactions have " + to_string(id_of(coinbase)));
}

TEST_F(blocks, are_refused_with_their_last_transactions_repeated) {
  sample_transaction coinbase = sample_coinbase(1);
  sample_transaction a = spend(id_of(coinbase));
  sample_transaction b = spend(id_of(a));
  EXPECT_EQ(refusal(serialized_block_of({coinbase, a, b})), "accepted");
  EXPECT_EQ(refusal(serialized_block_of({coinbase, a, b, b})),
            "a file: at byte 36: transactions are repeated under the Merkle root");
}

TEST_F(blocks, begin_with_their_only_coinbase) {
  sample_transaction coinbase = sample_coinbase(1);
  sample_transaction other = sample_coinbase(2);
  EXPECT_EQ(refusal(serialized_block_of({spend(id_of(coinbase))})),
            "a file: at byte 81: a block's first transaction is no coinbase");
  EXPECT_NE(refusal(serialized_block_of({coinbase, other})).find("a second coinbase"),
            std::string::npos);
  EXPECT_EQ(refusal(serialized_block_of({})), "a file: at byte 80: a block has no transactions");
}

TEST_F(blocks, are_refused_with_bytes_after_their_end) {
  raw_bytes input = genesis_block();
  input.push_back(std::byte{0});
  EXPECT_EQ(refusal(input), "a file: at byte 285: bytes after the block's end: 1");
}

TEST_F(blocks, are_refused_wherever_they_are_cut) {
  raw_bytes whole = genesis_block();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::string said =
        refusal(raw_bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_EQ(said.rfind("a file: at byte ", 0), 0u) << size << ": " << said;
  }
  EXPECT_EQ(memory.usage().blocks, 0u);
}

// Whatever a byte is: a block is read or refused, and memory is never asked for that its bytes
// could not fill.
TEST_F(blocks, may_have_any_byte_wrong) {
  sample_transaction coinbase = sample_coinbase(1);
  sample_transaction with_witness = spend(id_of(coinbase));
  with_witness.with_witness = true;
  with_witness.inputs[0].witness = {raw_bytes(70, std::byte{3}), raw_bytes(33, std::byte{4})};
  const raw_bytes whole = serialized_block_of({coinbase, with_witness});
  EXPECT_EQ(refusal(whole), "accepted");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (unsigned value : {0x00u, 0x01u, 0x7fu, 0xfcu, 0xfdu, 0xfeu, 0xffu}) {
      raw_bytes changed = whole;
      changed[at] = static_cast<std::byte>(value);
      std::string said = refusal(changed);
      EXPECT_TRUE(said == "accepted" || said.rfind("a file: at byte ", 0) == 0) << said;
    }
  }
  EXPECT_LE(memory.largest_request(), whole.size() * sizeof(byte_string));
  EXPECT_EQ(memory.usage().blocks, 0u);
}

TEST_F(blocks, name_the_offset_in_the_file_they_are_stored_in) {
  raw_bytes input = serialized_block_of({sample_coinbase(1)}, hash256{});
  try {
    parse({byte_string(input.begin(), input.end(), &memory), "blk00000.dat", 5000}, hasher,
          &memory);
    FAIL();
  } catch (const input_error& error) {
    EXPECT_EQ(std::string(error.what()).rfind("blk00000.dat: at byte 5036: ", 0), 0u);
  }
}

}  // namespace
}  // namespace nearmem::fullnode
