#include "tools/fullnode_view.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "tools/page/escape.hpp"
#include "tools/page/unit.hpp"
#include "tools/text_table.hpp"

namespace nearmem::tools {
namespace {

using page::show_value;
using page::unit;

constexpr std::size_t least_bar = 6;
constexpr std::size_t most_bar = 32;
constexpr std::size_t gap = 2;

std::string padded(const std::string& text, std::size_t columns) {
  const std::size_t taken = page::code_points(text);
  return taken >= columns ? text : text + std::string(columns - taken, ' ');
}

// What a component's line says after its bar.
std::string words_of(const fullnode::component_sample& of) {
  std::string words = show_bytes(of.footprint);
  if (of.limit != 0) words += " of " + show_bytes(of.limit);
  return words;
}

std::string bar_of(const fullnode::component_sample& of, std::size_t columns) {
  const double part =
      of.limit == 0 ? 0 : static_cast<double>(of.footprint) / static_cast<double>(of.limit);
  const auto full = static_cast<std::size_t>(
      std::round(std::clamp(part, 0.0, 1.0) * static_cast<double>(columns)));
  std::string bar;
  for (std::size_t i = 0; i < columns; ++i)
    bar += i < full ? "█" : "░";
  return fmt::format("{} {:>3.0f}%", bar, std::min(part * 100, 999.0));
}

std::string first_line(const fullnode::run_sample& now, std::string_view name) {
  return fmt::format("{}  {:.1f} s  {} transactions  {} tx/s  {} blocks", name, now.seconds,
                     show_value(static_cast<double>(now.transactions), unit::number),
                     show_value(std::round(now.transactions_per_second), unit::number), now.blocks);
}

std::string last_line(const fullnode::run_sample& now) {
  std::string line = "accounted " + show_bytes(now.accounted);
  if (now.limit != 0) line += " of " + show_bytes(now.limit);
  if (now.resident) line += ", resident " + show_bytes(*now.resident);
  if (now.virtual_bytes) line += ", virtual " + show_bytes(*now.virtual_bytes);
  return line;
}

std::vector<std::string> component_lines(const fullnode::run_sample& now, std::size_t width) {
  std::size_t names = 0;
  std::size_t words = 0;
  std::size_t evicted = 0;
  std::vector<std::pair<std::string, std::string>> texts;
  for (const fullnode::component_sample& each : now.components) {
    names = std::max(names, show_text(each.name).size());
    texts.emplace_back(
        words_of(each),
        show_value(static_cast<double>(each.evictions.total()), unit::number) + " evicted");
    words = std::max(words, texts.back().first.size());
    evicted = std::max(evicted, texts.back().second.size());
  }
  constexpr std::size_t percent = 5;
  const std::size_t rest = names + words + evicted + percent + 3 * gap;
  const std::size_t bar = width > rest + least_bar ? std::min(width - rest, most_bar) : 0;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::string line = padded(show_text(now.components[i].name), names + gap);
    if (bar != 0) line += padded(bar_of(now.components[i], bar), bar + percent + gap);
    line += padded(texts[i].first, words + gap);
    line += texts[i].second;
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

std::vector<std::string> view_of(const fullnode::run_sample& now, std::string_view name,
                                 std::size_t width) {
  std::vector<std::string> lines = component_lines(now, width);
  lines.insert(lines.begin(), first_line(now, name));
  std::string nodes;
  for (const fullnode::node_sample& each : now.nodes) {
    nodes += fmt::format("{}node {} {}", nodes.empty() ? "" : "  ",
                         static_cast<unsigned>(each.node), show_bytes(each.footprint));
  }
  if (!nodes.empty()) lines.push_back(nodes);
  lines.push_back(last_line(now));
  for (const std::string& leak : now.suspected_leaks)
    lines.push_back("leak suspected: " + show_text(leak));
  for (std::string& line : lines)
    line = std::string(page::first_code_points(line, width));
  return lines;
}

}  // namespace nearmem::tools
