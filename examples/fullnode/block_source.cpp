#include "examples/fullnode/block_source.hpp"

#include <fmt/format.h>

#include "examples/fullnode/byte_reader.hpp"
#include "examples/fullnode/input_error.hpp"

namespace nearmem::fullnode {

block parse(const serialized_block& stored, sha256& hasher, node_allocator memory) {
  byte_reader reader(stored.bytes, stored.offset);
  try {
    block read = read_block(reader, hasher, memory);
    if (reader.remaining() != 0) {
      throw format_error(reader.offset(),
                         fmt::format("bytes after the block's end: {}", reader.remaining()));
    }
    return read;
  } catch (const format_error& error) {
    throw input_error(stored.file, error.offset(), error.what());
  }
}

}  // namespace nearmem::fullnode
