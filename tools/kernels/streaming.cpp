#include "tools/kernels/streaming.hpp"

#include <cstring>

#include "tools/kernels/stopwatch.hpp"

namespace nearmem::measure {
namespace {

using word [[gnu::vector_size(16), gnu::may_alias]] = std::uint64_t;

void read_all(std::span<const std::byte> memory) noexcept {
  // Names, not an array, so that they are in registers however little is optimised.
  word first{};
  word second{};
  word third{};
  word fourth{};
  const auto* at = reinterpret_cast<const word*>(memory.data());
  const word* const end = at + memory.size() / sizeof(word);
  for (; at + 4 <= end; at += 4) {
    first += at[0];
    second += at[1];
    third += at[2];
    fourth += at[3];
  }
  const word sum = first + second + third + fourth;
  std::uint64_t low = sum[0] ^ sum[1];
  keep(low);
}

}  // namespace

std::string_view to_string(streaming what) noexcept {
  switch (what) {
    case streaming::read:
      return "read";
    case streaming::write:
      return "write";
    case streaming::copy:
      return "copy";
  }
  return "read";
}

std::size_t stream(streaming what, std::span<std::byte> memory) noexcept {
  const std::size_t half = memory.size() / 2;
  std::byte* data = memory.data();
  switch (what) {
    case streaming::read:
      read_all(memory);
      return memory.size();
    case streaming::write:
      std::memset(data, 1, memory.size());
      keep(data);
      return memory.size();
    case streaming::copy:
      std::memcpy(data + half, data, half);
      keep(data);
      return half;
  }
  return 0;
}

}  // namespace nearmem::measure
