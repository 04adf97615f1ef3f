#include <charconv>
#include <system_error>
#include <utility>

#include <nearmem/topology/node_set.hpp>
#include <nearmem/topology/number_ranges.hpp>

namespace nearmem {
namespace {

// Takes a node number off the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number >= max_nodes) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<node_set> node_set::parse(std::string_view text) {
  node_set nodes;
  if (text.empty()) return nodes;
  do {
    const std::optional<std::uint32_t> first = take_number(text);
    if (!first) return std::nullopt;
    const std::optional<std::uint32_t> last = take(text, '-') ? take_number(text) : first;
    if (!last || *last < *first) return std::nullopt;
    for (std::uint32_t number = *first; number <= *last; ++number)
      nodes.insert(node_id{number});
  } while (take(text, ','));
  if (!text.empty()) return std::nullopt;
  return nodes;
}

std::string node_set::to_string() const {
  number_ranges ranges;
  for (node_id node : *this)
    ranges.add(to_number(node));
  return std::move(ranges).str();
}

}  // namespace nearmem
