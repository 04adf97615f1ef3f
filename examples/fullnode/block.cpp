#include "examples/fullnode/block.hpp"

#include <utility>

#include <fmt/format.h>

#include "examples/fullnode/input_error.hpp"
#include "examples/fullnode/merkle_root.hpp"

namespace nearmem::fullnode {
namespace {

// Where the header's Merkle root lies, from the block's start.
constexpr std::size_t merkle_root_offset = 4 + 32;

block_header read_header(byte_reader& reader) {
  block_header header;
  header.version = reader.read_number<std::uint32_t>("the header's version");
  header.previous = reader.read_hash("the header's previous block");
  header.merkle_root = reader.read_hash("the header's Merkle root");
  header.time = reader.read_number<std::uint32_t>("the header's time");
  header.bits = reader.read_number<std::uint32_t>("the header's bits");
  header.nonce = reader.read_number<std::uint32_t>("the header's nonce");
  return header;
}

void check_merkle_root(const block& read, std::size_t offset, sha256& hasher,
                       node_allocator memory) {
  std::pmr::vector<hash256> ids(memory);
  ids.reserve(read.transactions.size());
  for (const transaction& each : read.transactions)
    ids.push_back(each.id);
  merkle_result tree = merkle_root(std::move(ids), hasher);
  if (tree.root != read.header.merkle_root) {
    throw format_error(offset,
                       fmt::format("wrong Merkle root: the header says {}, the transactions "
                                   "have {}",
                                   to_string(read.header.merkle_root), to_string(tree.root)));
  }
  if (tree.repeated) {
    throw format_error(offset, "transactions are repeated under the Merkle root");
  }
}

}  // namespace

block read_block(byte_reader& reader, sha256& hasher, node_allocator memory) {
  block read(memory);
  std::size_t start = reader.position();
  std::size_t offset = reader.offset();
  read.header = read_header(reader);
  read.id = hasher.double_hash({reader.since(start)});
  std::size_t count_offset = reader.offset();
  std::size_t count = reader.read_count(least_transaction_bytes, "the count of transactions");
  if (count == 0) throw format_error(count_offset, "a block has no transactions");
  read.transactions.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t transaction_offset = reader.offset();
    read.transactions.push_back(read_transaction(reader, hasher, memory));
    if (read.transactions.back().is_coinbase() != (i == 0)) {
      throw format_error(transaction_offset, i == 0 ? "a block's first transaction is no coinbase"
                                                    : "a block has a second coinbase");
    }
  }
  check_merkle_root(read, offset + merkle_root_offset, hasher, memory);
  return read;
}

}  // namespace nearmem::fullnode
