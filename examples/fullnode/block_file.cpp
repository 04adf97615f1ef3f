#include "examples/fullnode/block_file.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "examples/fullnode/byte_reader.hpp"
#include "examples/fullnode/input_error.hpp"

namespace nearmem::fullnode {
namespace {

// The first four bytes of a record, as a little-endian number: main, testnet3, testnet4, signet,
// regtest (Bitcoin Core, src/kernel/chainparams.cpp).
constexpr std::array<std::uint32_t, 5> known_magics = {0xd9b4'bef9, 0x0709'110b, 0x283f'161c,
                                                       0x40cf'030a, 0xdab5'bffa};

}  // namespace

block_file::block_file(std::string file) : file_(std::move(file)) {
  if (file_.size() >= sizeof(std::uint32_t)) {
    std::uint32_t first = read_number(0);
    if (std::ranges::find(known_magics, first) != known_magics.end()) magic_ = first;
  }
  if (!magic_ && file_.size() > most_block_bytes) {
    throw input_error(file_.name(), 0,
                      fmt::format("begins with no network's magic, and {} bytes are too many for "
                                  "one block",
                                  file_.size()));
  }
}

std::optional<serialized_block> block_file::next(node_allocator memory) {
  std::size_t left = file_.size() - offset_;
  if (left == 0) return std::nullopt;
  std::size_t length = left;
  if (magic_) {
    if (left < sizeof(std::uint32_t) || read_number(offset_) != *magic_) {
      require_only_padding();
      offset_ = file_.size();
      return std::nullopt;
    }
    if (left < record_header_bytes) {
      throw input_error(file_.name(), offset_,
                        fmt::format("cut in the middle: a record's magic "
                                    "and length need 8 bytes, {} are left",
                                    left));
    }
    length = read_number(offset_ + sizeof(std::uint32_t));
    if (length > most_block_bytes) {
      throw input_error(file_.name(), offset_ + sizeof(std::uint32_t),
                        fmt::format("a block claims {} bytes, and no block has more than {}",
                                    length, most_block_bytes));
    }
    if (length > left - record_header_bytes) {
      throw input_error(file_.name(), offset_ + sizeof(std::uint32_t),
                        fmt::format("cut in the middle: a block claims {} bytes, {} are left",
                                    length, left - record_header_bytes));
    }
    offset_ += record_header_bytes;
  }
  serialized_block read{byte_string(length, memory), file_.name(), offset_};
  file_.read(offset_, read.bytes);
  offset_ += length;
  return read;
}

std::uint32_t block_file::read_number(std::size_t offset) const {
  std::array<std::byte, sizeof(std::uint32_t)> field{};
  file_.read(offset, field);
  return byte_reader(field).read_number<std::uint32_t>("a number");
}

void block_file::require_only_padding() const {
  std::array<std::byte, 4096> part{};
  for (std::size_t at = offset_; at < file_.size(); at += part.size()) {
    std::span<std::byte> wanted = std::span(part).first(std::min(part.size(), file_.size() - at));
    file_.read(at, wanted);
    auto stray = std::ranges::find_if(wanted, [](std::byte each) { return each != std::byte{0}; });
    if (stray != wanted.end()) {
      throw input_error(file_.name(), at + static_cast<std::size_t>(stray - wanted.begin()),
                        "bytes after the last block, which are neither a record nor padding");
    }
  }
}

block_files::block_files(std::vector<std::string> files) : files_(std::move(files)) {
  for (const std::string& each : files_)
    block_file check(each);
}

std::optional<serialized_block> block_files::next(node_allocator memory) {
  for (;;) {
    if (current_) {
      if (std::optional<serialized_block> read = current_->next(memory)) return read;
      current_.reset();
    }
    if (at_ == files_.size()) return std::nullopt;
    current_.emplace(files_[at_++]);
  }
}

}  // namespace nearmem::fullnode
