#include "tests/examples/sample_blocks.hpp"

#include <algorithm>
#include <charconv>
#include <memory_resource>

#include "examples/fullnode/byte_writer.hpp"
#include "examples/fullnode/merkle_root.hpp"
#include "examples/fullnode/sha256.hpp"

namespace nearmem::fullnode {

raw_bytes from_hex(std::string_view hex) {
  raw_bytes read;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    read.push_back(static_cast<std::byte>(value));
  }
  return read;
}

hash256 hash_from_hex(std::string_view hex) {
  raw_bytes reversed = from_hex(hex);
  hash256 hash;
  std::ranges::copy(reversed.rbegin(), reversed.rend(), hash.bytes.begin());
  return hash;
}

sample_transaction sample_coinbase(std::uint8_t height, std::int64_t value) {
  sample_input only{no_outpoint, {std::byte{1}, std::byte{height}}};
  return {{only}, {{value, raw_bytes(25, std::byte{0x76})}}};
}

raw_bytes serialized(const sample_transaction& sample) {
  raw_bytes written;
  byte_writer writer(written);
  writer.write_number(std::uint32_t{1});
  if (sample.with_witness) writer.write_bytes(from_hex("0001"));
  writer.write_compact_size(sample.inputs.size());
  for (const sample_input& input : sample.inputs) {
    writer.write_hash(input.spends.transaction);
    writer.write_number(input.spends.index);
    writer.write_string(input.script);
    writer.write_number(std::uint32_t{0xffff'fffe});
  }
  writer.write_compact_size(sample.outputs.size());
  for (const sample_output& output : sample.outputs) {
    writer.write_number(static_cast<std::uint64_t>(output.value));
    writer.write_string(output.script);
  }
  if (sample.with_witness) {
    for (const sample_input& input : sample.inputs) {
      writer.write_compact_size(input.witness.size());
      for (const raw_bytes& item : input.witness)
        writer.write_string(item);
    }
  }
  writer.write_number(std::uint32_t{17});
  return written;
}

hash256 id_of(const sample_transaction& sample) {
  sample_transaction without_witness = sample;
  without_witness.with_witness = false;
  raw_bytes written = serialized(without_witness);
  return sha256().double_hash({written});
}

raw_bytes serialized_block_of(const std::vector<sample_transaction>& samples,
                              std::optional<hash256> root) {
  sha256 hasher;
  std::pmr::vector<hash256> ids;
  for (const sample_transaction& each : samples)
    ids.push_back(id_of(each));
  raw_bytes written;
  byte_writer writer(written);
  writer.write_number(std::uint32_t{4});
  writer.write_hash(hash256{});
  writer.write_hash(root ? *root : merkle_root(ids, hasher).root);
  writer.write_number(std::uint32_t{1'464'307'123});
  writer.write_number(std::uint32_t{0x1806'b99f});
  writer.write_number(std::uint32_t{42});
  writer.write_compact_size(samples.size());
  for (const sample_transaction& each : samples)
    writer.write_bytes(serialized(each));
  return written;
}

raw_bytes genesis_block() {
  return from_hex(
      "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac7"
      "2c"
      "3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c01010000000100000000000000"
      "00"
      "000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d6573"
      "20"
      "30332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c"
      "6f"
      "757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6"
      "a8"
      "28e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac"
      "00"
      "000000");
}

}  // namespace nearmem::fullnode
