#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "examples/fullnode/block_source.hpp"
#include "examples/fullnode/file_reader.hpp"

namespace nearmem::fullnode {

// The blocks of one file, which is either a bare block or what a node stores (blk*.dat):
//
//   │ magic │ length │ block ... │ magic │ length │ block ... │ 0 0 0 0 ... │
//     4       4        length                                   padding
//
// A file that does not begin with the magic of a known network is taken for a bare block. One block
// is in memory at a time; lengths are checked against the file before anything is allocated.
class block_file final : public block_source {
 public:
  // Most bytes that the consensus rules let a block have.
  static constexpr std::size_t most_block_bytes = 4'000'000;

  // Opens it. Throws input_error.
  explicit block_file(std::string file);

  std::optional<serialized_block> next(node_allocator memory) override;

 private:
  static constexpr std::size_t record_header_bytes = 8;

  std::uint32_t read_number(std::size_t offset) const;
  void require_only_padding() const;

  file_reader file_;
  std::optional<std::uint32_t> magic_;  // empty: a bare block
  std::size_t offset_ = 0;              // of the next record
};

// The blocks of several files, in the order given. A file is opened when its turn comes, but all
// are checked to be there first.
class block_files final : public block_source {
 public:
  // Throws input_error where one cannot be opened.
  explicit block_files(std::vector<std::string> files);

  std::optional<serialized_block> next(node_allocator memory) override;

 private:
  std::vector<std::string> files_;
  std::size_t at_ = 0;  // the file whose turn is next
  std::optional<block_file> current_;
};

}  // namespace nearmem::fullnode
