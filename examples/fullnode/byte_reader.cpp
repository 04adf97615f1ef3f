#include "examples/fullnode/byte_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "examples/fullnode/input_error.hpp"

namespace nearmem::fullnode {

hash256 byte_reader::read_hash(const char* what) {
  hash256 hash;
  std::ranges::copy(read_bytes(hash.bytes.size(), what), hash.bytes.begin());
  return hash;
}

std::span<const std::byte> byte_reader::read_bytes(std::size_t count, const char* what) {
  if (count > remaining()) {
    throw format_error(offset(), fmt::format("cut in the middle: {} needs {} bytes, {} are left",
                                             what, count, remaining()));
  }
  std::span<const std::byte> field = bytes_.subspan(position_, count);
  position_ += count;
  return field;
}

std::size_t byte_reader::read_count(std::size_t least_bytes, const char* what) {
  std::size_t start = offset();
  std::uint64_t count = read_compact_size(what);
  if (count > remaining() / least_bytes) {
    throw format_error(start, fmt::format("{} claims a length of {}, but {} bytes are left", what,
                                          count, remaining()));
  }
  return static_cast<std::size_t>(count);
}

std::uint64_t byte_reader::read_compact_size(const char* what) {
  std::size_t start = offset();
  auto first = read_number<std::uint8_t>(what);
  std::uint64_t number = first;
  std::uint64_t least = 0;  // below this, a shorter form would have done
  switch (first) {
    case 0xfd:
      number = read_number<std::uint16_t>(what);
      least = 0xfd;
      break;
    case 0xfe:
      number = read_number<std::uint32_t>(what);
      least = 0x1'0000;
      break;
    case 0xff:
      number = read_number<std::uint64_t>(what);
      least = 0x1'0000'0000;
      break;
    default:
      break;
  }
  if (number < least) {
    throw format_error(start,
                       fmt::format("{} has a length that is not in its shortest form", what));
  }
  return number;
}

}  // namespace nearmem::fullnode
