#include "tools/page/unit.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include <fmt/format.h>

namespace nearmem::page {
namespace {

struct named_size {
  double size;
  const char* name;
};

constexpr double kib = 1024;
constexpr std::array plain = {named_size{1, ""}};
constexpr std::array rates = {named_size{1, "/s"}};
constexpr std::array percents = {named_size{1, " %"}};
constexpr std::array bytes = {
    named_size{1, " B"},
    named_size{kib, " KiB"},
    named_size{kib * kib, " MiB"},
    named_size{kib * kib * kib, " GiB"},
    named_size{kib * kib * kib * kib, " TiB"},
    named_size{kib * kib * kib * kib * kib, " PiB"},
    named_size{kib * kib * kib * kib * kib * kib, " EiB"},
};
constexpr std::array byte_rates = {
    named_size{1, " B/s"},    named_size{1e3, " kB/s"},  named_size{1e6, " MB/s"},
    named_size{1e9, " GB/s"}, named_size{1e12, " TB/s"},
};
constexpr std::array nanoseconds = {
    named_size{1, " ns"},
    named_size{1e3, " µs"},
    named_size{1e6, " ms"},
    named_size{1e9, " s"},
};
constexpr std::array seconds = {
    named_size{1e-9, " ns"},
    named_size{1e-6, " µs"},
    named_size{1e-3, " ms"},
    named_size{1, " s"},
};

std::span<const named_size> sizes_of(unit kind) {
  switch (kind) {
    case unit::bytes:
      return bytes;
    case unit::bytes_per_second:
      return byte_rates;
    case unit::per_second:
      return rates;
    case unit::nanoseconds:
      return nanoseconds;
    case unit::seconds:
      return seconds;
    case unit::percent:
      return percents;
    case unit::number:
      break;
  }
  return plain;
}

constexpr int most_decimals = 3;

// Decimals that a number of this step needs; more than most_decimals where those do not do.
int decimals_of(double step) {
  double power = 1;
  for (int decimals = 0; decimals <= most_decimals; ++decimals, power *= 10) {
    if (std::abs(std::round(step * power) / power - step) <= step * 1e-3) return decimals;
  }
  return most_decimals + 1;
}

// Decimals of three significant digits.
int decimals_of_value(double value) {
  const double magnitude = std::abs(value);
  return magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2;
}

// A comma before each three digits of the whole part.
std::string grouped(std::string digits) {
  std::size_t end = digits.find('.');
  if (end == std::string::npos) end = digits.size();
  const std::size_t begin = digits.front() == '-' ? 1 : 0;
  for (; end > begin + 3; end -= 3)
    digits.insert(end - 3, ",");
  return digits;
}

std::string digits_of(double value, int decimals, bool fixed) {
  constexpr double beyond_words = 1e15;
  if (std::abs(value) >= beyond_words) return fmt::format("{:.3g}", value);
  if (value != 0 && std::abs(value) < 0.995) {
    if (!fixed || decimals > most_decimals) return fmt::format("{:.3g}", value);
  }
  std::string digits = fmt::format("{:.{}f}", value, decimals);
  if (!fixed && decimals > 0) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return grouped(digits == "-0" ? "0" : digits);
}

}  // namespace

std::string show_value(double value, unit kind, double step) {
  if (std::isnan(value)) return "–";
  if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
  const std::span<const named_size> sizes = sizes_of(kind);
  std::size_t at = sizes.size() - 1;
  // What would be shown as a whole next unit belongs to that unit.
  auto fills_next = [&](std::size_t i) {
    const double whole = std::round(std::abs(value) / sizes[i].size) * sizes[i].size;
    return whole >= sizes[i + 1].size * (1 - 1e-12);
  };
  while (at > 0 && std::abs(value) < sizes[at].size && !fills_next(at - 1))
    --at;
  if (value == 0) {
    // Zero among steps has their unit, and alone the one it was given in.
    auto is_larger = [&](std::size_t i) {
      return step > 0 ? step >= sizes[i].size : sizes[i].size <= 1;
    };
    for (at = 0; at + 1 < sizes.size() && is_larger(at + 1);)
      ++at;
  }
  if (step > 0) {
    while (at > 0 && decimals_of(step / sizes[at].size) > most_decimals)
      --at;
  }
  const double scaled = value / sizes[at].size;
  const int decimals = step > 0 ? decimals_of(step / sizes[at].size) : decimals_of_value(scaled);
  return digits_of(scaled, decimals, step > 0) + sizes[at].name;
}

}  // namespace nearmem::page
