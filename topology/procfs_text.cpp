#include <nearmem/topology/procfs_text.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace nearmem {
namespace {

constexpr std::string_view white_space = " \t\n";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

// Takes what stands before `separator` off the front of `text`: all of it where there is none.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

std::optional<std::uintptr_t> parse_address(std::string_view text) {
  std::uintptr_t address = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), address, 16);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return address;
}

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    if (take_until(list, ',') == word) return true;
  }
  return false;
}

// One line of mountinfo, as far as it matters here (proc(5)).
struct mount {
  std::string_view root;
  std::string_view point;
  std::string_view type;
  std::string_view options;  // of the super block
};

std::optional<mount> parse_mount(std::string_view line) {
  const std::size_t dash = line.find(" - ");
  if (dash == std::string_view::npos) return std::nullopt;
  std::string_view before = line.substr(0, dash);
  std::string_view after = line.substr(dash + 3);
  mount result;
  for (int skipped = 0; skipped < 3; ++skipped) take_until(before, ' ');
  result.root = take_until(before, ' ');
  result.point = take_until(before, ' ');
  result.type = take_until(after, ' ');
  take_until(after, ' ');
  result.options = after;
  return result;
}

// Where a cgroup lies beneath a mount that shows only what is under `root`; the mount point itself
// if it lies elsewhere, as in a container that sees no more than its own group.
std::string_view beneath(std::string_view path, std::string_view root) {
  if (path.find("/..") != std::string_view::npos) return {};
  if (root == "/") return path;
  if (path.substr(0, root.size()) != root) return {};
  path.remove_prefix(root.size());
  return path.empty() || path.front() == '/' ? path : std::string_view{};
}

void add_files_upward(std::vector<std::string>& files, std::string_view point,
                      std::string_view path, std::string_view name) {
  while (true) {
    while (!path.empty() && path.back() == '/') path.remove_suffix(1);
    files.push_back(std::string(point) + std::string(path) + "/" + std::string(name));
    if (path.empty()) return;
    path = path.substr(0, path.rfind('/'));
  }
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

}  // namespace

std::optional<std::size_t> parse_number(std::string_view text) {
  text = trim(text);
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::string_view> find_field(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = take_until(text, '\n');
    if (line.size() > key.size() && line[key.size()] == ':' && line.substr(0, key.size()) == key) {
      return trim(line.substr(key.size() + 1));
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> parse_kib(std::string_view text) {
  text = trim(text);
  if (text.size() < 3 || text.substr(text.size() - 3) != " kB") return std::nullopt;
  const std::optional<std::size_t> kib = parse_number(text.substr(0, text.size() - 3));
  if (!kib || *kib > SIZE_MAX / 1024) return std::nullopt;
  return *kib * 1024;
}

std::string_view parse_choice(std::string_view text) {
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  return text.substr(open + 1, close - open - 1);
}

std::optional<std::size_t> parse_memory_bound(std::string_view text) {
  // Version 1 counts pages in a signed long, so 'none' is that maximum, cut to whole pages.
  constexpr std::size_t none = std::size_t{INTPTR_MAX} - 0xffff;
  const std::optional<std::size_t> bound = parse_number(text);
  return bound && *bound < none ? bound : std::nullopt;
}

std::vector<std::string> memory_bound_files(std::string_view cgroups, std::string_view mounts) {
  std::optional<std::string_view> unified;
  std::optional<std::string_view> memory;
  while (!cgroups.empty()) {
    std::string_view path = take_until(cgroups, '\n');
    take_until(path, ':');
    const std::string_view controllers = take_until(path, ':');
    if (path.empty() || path.front() != '/') continue;
    if (controllers.empty()) unified = path;
    if (has_word(controllers, "memory")) memory = path;
  }
  std::vector<std::string> files;
  while (!mounts.empty()) {
    const std::optional<mount> mounted = parse_mount(take_until(mounts, '\n'));
    if (!mounted) continue;
    if (mounted->type == "cgroup2" && unified) {
      add_files_upward(files, mounted->point, beneath(*unified, mounted->root), "memory.max");
    } else if (mounted->type == "cgroup" && memory && has_word(mounted->options, "memory")) {
      add_files_upward(files, mounted->point, beneath(*memory, mounted->root),
                       "memory.limit_in_bytes");
    }
  }
  return files;
}

std::size_t resident_bytes_in(std::string_view smaps, std::span<const address_range> ranges) {
  const std::vector<interval> wanted = merged(ranges);
  std::size_t resident = 0;
  std::size_t covered = 0;  // of the mapping whose fields come next
  while (!smaps.empty()) {
    std::string_view line = take_until(smaps, '\n');
    if (const std::optional<interval> mapping = parse_mapping(line)) {
      covered = covered_bytes(*mapping, wanted);
    } else if (covered != 0 && take_until(line, ':') == "Rss") {
      resident += std::min(parse_kib(line).value_or(0), covered);
    }
  }
  return resident;
}

}  // namespace nearmem
