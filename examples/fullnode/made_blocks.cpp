#include "examples/fullnode/made_blocks.hpp"

#include <string>

#include "examples/fullnode/byte_writer.hpp"
#include "examples/fullnode/merkle_root.hpp"

namespace nearmem::fullnode {

made_blocks::made_blocks(profile shape, std::uint64_t seed, std::uint64_t transactions_per_block)
    : maker_(shape, seed, no_coins_), transactions_(transactions_per_block) {}

std::optional<serialized_block> made_blocks::next(node_allocator memory) {
  std::vector<std::byte> body;
  byte_writer writer(body);
  writer.write_compact_size(transactions_ + 1);
  std::pmr::vector<hash256> ids;
  std::size_t start = body.size();
  writer.write_number(std::uint32_t{1});
  writer.write_compact_size(1);
  writer.write_hash(no_outpoint.transaction);
  writer.write_number(no_outpoint.index);
  writer.write_compact_size(sizeof height_);
  writer.write_number(height_);
  writer.write_number(std::uint32_t{0});
  writer.write_compact_size(1);
  writer.write_number(std::uint64_t{0});
  writer.write_compact_size(0);
  writer.write_number(std::uint32_t{0});
  ids.push_back(hasher_.double_hash({std::span(body).subspan(start)}));
  for (std::uint64_t i = 0; i < transactions_; ++i) {
    start = body.size();
    writer.write_bytes(*maker_.make({}));
    ids.push_back(hasher_.double_hash({std::span(body).subspan(start)}));
  }

  std::vector<std::byte> head;
  byte_writer header(head);
  header.write_number(std::uint32_t{4});
  header.write_hash(previous_);
  header.write_hash(merkle_root(std::move(ids), hasher_).root);
  header.write_number(static_cast<std::uint32_t>(height_));
  header.write_number(std::uint32_t{0x207f'ffff});
  header.write_number(std::uint32_t{0});
  previous_ = hasher_.double_hash({head});

  serialized_block made{byte_string(memory), "made block " + std::to_string(height_), 0};
  made.bytes.reserve(head.size() + body.size());
  made.bytes.insert(made.bytes.end(), head.begin(), head.end());
  made.bytes.insert(made.bytes.end(), body.begin(), body.end());
  ++height_;
  return made;
}

}  // namespace nearmem::fullnode
