#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>
#include <vector>

#include <nearmem/topology/procfs_text.hpp>
#include <nearmem/topology/smaps_text.hpp>

namespace nearmem {
namespace {

std::optional<std::uintptr_t> parse_address(std::string_view text) {
  std::uintptr_t address = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), address, 16);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return address;
}

struct interval {
  std::uintptr_t first;
  std::uintptr_t end;
};

// Ascending, apart from one another, none empty.
std::vector<interval> merged(std::span<const address_range> ranges) {
  std::vector<interval> result;
  for (const address_range& range : ranges) {
    const auto first = reinterpret_cast<std::uintptr_t>(range.begin);
    if (range.bytes != 0) result.push_back({first, first + range.bytes});
  }
  std::sort(result.begin(), result.end(),
            [](const interval& a, const interval& b) { return a.first < b.first; });
  std::size_t kept = 0;
  for (const interval& next : result) {
    if (kept != 0 && next.first <= result[kept - 1].end) {
      result[kept - 1].end = std::max(result[kept - 1].end, next.end);
    } else {
      result[kept++] = next;
    }
  }
  result.resize(kept);
  return result;
}

std::size_t covered_bytes(const interval& mapping, const std::vector<interval>& ranges) {
  auto range = std::upper_bound(
      ranges.begin(), ranges.end(), mapping.first,
      [](std::uintptr_t address, const interval& candidate) { return address < candidate.end; });
  std::size_t bytes = 0;
  for (; range != ranges.end() && range->first < mapping.end; ++range) {
    bytes += std::min(range->end, mapping.end) - std::max(range->first, mapping.first);
  }
  return bytes;
}

// The head line of a mapping, "7f00-7f40 rw-p ...", and nothing else that smaps has.
std::optional<interval> parse_mapping(std::string_view line) {
  std::string_view addresses = take_until(line, ' ');
  const std::optional<std::uintptr_t> first = parse_address(take_until(addresses, '-'));
  const std::optional<std::uintptr_t> end = parse_address(addresses);
  if (!first || !end || *end < *first) return std::nullopt;
  return interval{*first, *end};
}

// The sum of a field, such as "Rss", over the mappings that the ranges cover.
std::size_t sum_of(std::string_view field, std::string_view smaps,
                   std::span<const address_range> ranges) {
  const std::vector<interval> wanted = merged(ranges);
  std::size_t sum = 0;
  std::size_t covered = 0;  // of the mapping whose fields come next
  while (!smaps.empty()) {
    std::string_view line = take_until(smaps, '\n');
    if (const std::optional<interval> mapping = parse_mapping(line)) {
      covered = covered_bytes(*mapping, wanted);
    } else if (covered != 0 && take_until(line, ':') == field) {
      sum += std::min(parse_kib(line).value_or(0), covered);
    }
  }
  return sum;
}

}  // namespace

std::size_t resident_bytes_in(std::string_view smaps, std::span<const address_range> ranges) {
  return sum_of("Rss", smaps, ranges);
}

std::size_t swapped_bytes_in(std::string_view smaps, std::span<const address_range> ranges) {
  return sum_of("Swap", smaps, ranges);
}

std::size_t huge_page_bytes_in(std::string_view smaps, std::span<const address_range> ranges) {
  return sum_of("AnonHugePages", smaps, ranges);
}

}  // namespace nearmem
