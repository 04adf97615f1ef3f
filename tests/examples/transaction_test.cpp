#include "examples/fullnode/transaction.hpp"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>

#include "examples/fullnode/input_error.hpp"
#include "tests/examples/recording_resource.hpp"
#include "tests/examples/sample_blocks.hpp"

namespace nearmem::fullnode {
namespace {

sample_transaction two_inputs() {
  sample_transaction sample;
  sample.inputs.push_back({{hash_from_hex(std::string(64, '1')), 3}, raw_bytes(107, std::byte{9})});
  sample.inputs.push_back({{hash_from_hex(std::string(64, '2')), 0}, {}});
  sample.outputs.push_back({1234, raw_bytes(25, std::byte{0x76})});
  sample.outputs.push_back({-1, {}});
  return sample;
}

sample_transaction with_witness() {
  sample_transaction sample = two_inputs();
  sample.with_witness = true;
  sample.inputs[1].witness = {raw_bytes(72, std::byte{5}), {}, raw_bytes(300, std::byte{6})};
  return sample;
}

class transactions : public testing::Test {
 protected:
  transaction read(const raw_bytes& input) {
    byte_reader reader(input);
    transaction got = read_transaction(reader, hasher, &memory);
    EXPECT_EQ(reader.remaining(), 0u);
    return got;
  }

  recording_resource memory;
  sha256 hasher;
};

TEST_F(transactions, are_read_without_witness) {
  sample_transaction sample = two_inputs();
  transaction got = read(serialized(sample));
  EXPECT_EQ(got.id, id_of(sample));
  EXPECT_EQ(got.version, 1u);
  EXPECT_EQ(got.lock_time, 17u);
  EXPECT_EQ(got.serialized_bytes, serialized(sample).size());
  ASSERT_EQ(got.inputs.size(), 2u);
  EXPECT_EQ(got.inputs[0].spends, sample.inputs[0].spends);
  EXPECT_EQ(got.inputs[0].script.size(), 107u);
  EXPECT_EQ(got.inputs[0].sequence, 0xffff'fffeu);
  EXPECT_TRUE(got.inputs[1].script.empty());
  ASSERT_EQ(got.outputs.size(), 2u);
  EXPECT_EQ(got.outputs[0].value, 1234);
  EXPECT_EQ(got.outputs[0].script.size(), 25u);
  EXPECT_EQ(got.outputs[1].value, -1);
  EXPECT_FALSE(got.is_coinbase());
  EXPECT_TRUE(read(serialized(sample_coinbase(1))).is_coinbase());
}

TEST_F(transactions, are_read_with_witness_which_their_id_leaves_out) {
  transaction got = read(serialized(with_witness()));
  EXPECT_EQ(got.id, id_of(two_inputs()));
  EXPECT_EQ(got.serialized_bytes, serialized(with_witness()).size());
  EXPECT_TRUE(got.inputs[0].witness.empty());
  ASSERT_EQ(got.inputs[1].witness.size(), 3u);
  EXPECT_EQ(got.inputs[1].witness[0], byte_string(72, std::byte{5}));
  EXPECT_TRUE(got.inputs[1].witness[1].empty());
  EXPECT_EQ(got.inputs[1].witness[2].size(), 300u);
  EXPECT_EQ(got.lock_time, 17u);
}

TEST_F(transactions, live_wholly_in_the_memory_they_are_given) {
  std::pmr::memory_resource* before =
      std::pmr::set_default_resource(std::pmr::null_memory_resource());
  recording_resource other;
  {
    transaction got = read(serialized(with_witness()));
    EXPECT_EQ(recursive_dynamic_usage(got), memory.usage().charged);
    transaction copied(got, &other);
    EXPECT_EQ(copied.inputs[1].witness[2].size(), 300u);
    EXPECT_EQ(recursive_dynamic_usage(copied), other.usage().charged);
    transaction moved(std::move(copied));
    EXPECT_EQ(recursive_dynamic_usage(moved), other.usage().charged);
    transaction moved_back(std::move(moved), &memory);
    EXPECT_EQ(moved_back.inputs[1].witness[2].size(), 300u);
    EXPECT_EQ(recursive_dynamic_usage(got) + recursive_dynamic_usage(moved_back),
              memory.usage().charged);
  }
  EXPECT_EQ(memory.usage().blocks, 0u);
  EXPECT_EQ(other.usage().blocks, 0u);
  std::pmr::set_default_resource(before);
}

TEST_F(transactions, are_refused_wherever_they_are_cut) {
  for (const raw_bytes& whole : {serialized(two_inputs()), serialized(with_witness())}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      raw_bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      byte_reader reader(cut);
      EXPECT_THROW(read_transaction(reader, hasher, &memory), format_error) << size;
    }
  }
  EXPECT_EQ(memory.usage().blocks, 0u);
}

TEST_F(transactions, never_ask_for_memory_that_the_input_could_not_fill) {
  // Each length in turn claims what it cannot have; the largest honest request is a few hundred
  // bytes of witness.
  for (const raw_bytes& whole : {serialized(two_inputs()), serialized(with_witness())}) {
    for (std::size_t at = 4; at + 9 < whole.size(); ++at) {
      for (const char* claim : {"ff0000000000000080", "feffffff7f", "fdffff", "fc"}) {
        raw_bytes lying = whole;
        raw_bytes length = from_hex(claim);
        std::copy(length.begin(), length.end(), lying.begin() + static_cast<std::ptrdiff_t>(at));
        byte_reader reader(lying);
        try {
          read_transaction(reader, hasher, &memory);
        } catch (const format_error& error) {
          EXPECT_LE(error.offset(), lying.size());
        }
      }
    }
  }
  // Every element's least size on disk bounds how many there can be.
  EXPECT_LE(memory.largest_request(), serialized(with_witness()).size() * sizeof(byte_string));
}

TEST_F(transactions, are_refused_with_an_empty_or_unknown_witness) {
  sample_transaction empty_witness = two_inputs();
  empty_witness.with_witness = true;
  raw_bytes input = serialized(empty_witness);
  byte_reader reader(input);
  EXPECT_THROW(read_transaction(reader, hasher, &memory), format_error);

  raw_bytes unknown_flag = serialized(with_witness());
  unknown_flag[5] = std::byte{2};
  byte_reader other(unknown_flag);
  EXPECT_THROW(read_transaction(other, hasher, &memory), format_error);
}

TEST_F(transactions, are_refused_without_inputs_or_outputs) {
  sample_transaction no_outputs = two_inputs();
  no_outputs.outputs.clear();
  sample_transaction no_inputs = two_inputs();
  no_inputs.inputs.clear();
  for (const sample_transaction& sample : {no_outputs, no_inputs}) {
    raw_bytes input = serialized(sample);
    byte_reader reader(input);
    EXPECT_THROW(read_transaction(reader, hasher, &memory), format_error);
  }
}

}  // namespace
}  // namespace nearmem::fullnode
