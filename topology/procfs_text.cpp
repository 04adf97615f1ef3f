#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include <nearmem/topology/procfs_text.hpp>

namespace nearmem {
namespace {

constexpr std::string_view white_space = " \t\n";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

}  // namespace

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

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

std::vector<mapping_node> parse_mapping_nodes(std::string_view maps) {
  std::vector<mapping_node> found;
  while (!maps.empty()) {
    std::string_view line = take_until(maps, '\n');
    const std::string_view address = take_until(line, ' ');
    mapping_node each;
    const auto [end, error] =
        std::from_chars(address.data(), address.data() + address.size(), each.begin, 16);
    if (error != std::errc() || end != address.data() + address.size()) continue;
    std::size_t nodes = 0;
    while (!line.empty()) {
      const std::string_view word = take_until(line, ' ');
      const std::size_t equals = word.find('=');
      if (word.substr(0, 1) != "N" || equals == std::string_view::npos) continue;
      const std::optional<std::size_t> number = parse_number(word.substr(1, equals - 1));
      if (!number || *number >= max_nodes) continue;
      each.node = node_id{static_cast<std::uint32_t>(*number)};
      ++nodes;
    }
    if (nodes > 1) each.node.reset();
    found.push_back(each);
  }
  return found;
}

std::string parse_policy(std::string_view maps) {
  // As mpol_to_str() of mm/mempolicy.c writes them; "=static" and the like are flags.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> names = {{
      {"default", "default"},
      {"local", "local"},
      {"bind", "bind"},
      {"prefer (many)", "preferred_many"},
      {"prefer", "preferred"},
      {"interleave", "interleave"},
      {"weighted interleave", "weighted_interleave"},
  }};
  std::string_view line = take_until(maps, '\n');
  take_until(line, ' ');
  for (const auto& [kernel, name] : names) {
    if (line.substr(0, kernel.size()) != kernel) continue;
    std::string_view rest = line.substr(kernel.size());
    if (!rest.empty() && rest.front() == '=') {
      rest.remove_prefix(std::min(rest.find_first_of(": "), rest.size()));
    }
    const std::string_view nodes = take_until(rest, ' ');
    return std::string(name) + std::string(nodes);
  }
  return {};
}

std::optional<cpu_time> parse_cpu_time(std::string_view stat) {
  std::string_view line = take_until(stat, '\n');
  if (take_until(line, ' ') != "cpu") return std::nullopt;
  std::vector<std::size_t> ticks;
  while (!line.empty()) {
    const std::string_view word = take_until(line, ' ');
    if (word.empty()) continue;
    const std::optional<std::size_t> number = parse_number(word);
    if (!number) return std::nullopt;
    ticks.push_back(*number);
  }
  if (ticks.size() < 8) return std::nullopt;
  return cpu_time{ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6], ticks[3] + ticks[4],
                  ticks[7]};
}

std::optional<bool> parse_hypervisor_flag(std::string_view cpuinfo) {
  while (!cpuinfo.empty()) {
    std::string_view line = take_until(cpuinfo, '\n');
    if (!line.starts_with("flags")) continue;
    take_until(line, ':');
    while (!line.empty()) {
      if (take_until(line, ' ') == "hypervisor") return true;
    }
    return false;
  }
  return std::nullopt;
}

}  // namespace nearmem
