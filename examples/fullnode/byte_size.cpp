#include "examples/fullnode/byte_size.hpp"

#include <array>
#include <charconv>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>

namespace nearmem::fullnode {
namespace {

struct unit {
  std::string_view name;
  double bytes;
};
constexpr double kib = 1024;
constexpr std::array units = {
    unit{"", 1},           unit{"B", 1},    unit{"KiB", kib},           unit{"KB", 1e3},
    unit{"MiB", kib* kib}, unit{"MB", 1e6}, unit{"GiB", kib* kib* kib}, unit{"GB", 1e9},
};
// What x86-64 and arm64 let a process address.
constexpr double most_bytes = 0x1p47;

std::invalid_argument wrong(std::string_view text, std::string_view what) {
  return std::invalid_argument(fmt::format("'{}' {}", text, what));
}

}  // namespace

std::size_t parse_byte_size(std::string_view text) {
  if (text.starts_with('-')) throw wrong(text, "is negative");
  double number = 0;
  const char* begin = std::to_address(text.begin());
  const char* end = std::to_address(text.end());
  const auto [rest, error] = std::from_chars(begin, end, number, std::chars_format::fixed);
  if (error == std::errc::invalid_argument || text.starts_with('i') || text.starts_with('n')) {
    throw wrong(text, "is not a number of bytes");
  }
  std::string_view name(rest, static_cast<std::size_t>(end - rest));
  while (name.starts_with(' '))
    name.remove_prefix(1);
  for (const unit& each : units) {
    if (each.name != name) continue;
    const double bytes = number * each.bytes;
    if (error != std::errc{} || !(bytes <= most_bytes)) {
      throw wrong(text, "is more than an address space holds");
    }
    return static_cast<std::size_t>(bytes);
  }
  throw wrong(text,
              fmt::format("has an unknown unit '{}'; known: B, KiB, MiB, GiB, KB, MB, GB", name));
}

std::string to_byte_size(std::size_t bytes) {
  const auto number = static_cast<double>(bytes);
  if (number < kib) return fmt::format("{} B", bytes);
  if (number < kib * kib) return fmt::format("{:.1f} KiB", number / kib);
  if (number < kib * kib * kib) return fmt::format("{:.1f} MiB", number / kib / kib);
  return fmt::format("{:.1f} GiB", number / kib / kib / kib);
}

}  // namespace nearmem::fullnode
