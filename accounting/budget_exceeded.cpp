#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/accounting/budget_tree.hpp>

namespace nearmem {
namespace {

// Writes as much as there is room for, always ended by a zero.
class bounded_line {
 public:
  explicit bounded_line(std::array<char, 1536>& room) noexcept : room_(room) {}

  std::size_t left() const noexcept { return room_.size() - 1 - at_; }
  bounded_line& operator<<(std::string_view text) noexcept {
    const std::size_t bytes = std::min(text.size(), left());
    std::memcpy(room_.data() + at_, text.data(), bytes);
    at_ += bytes;
    room_[at_] = '\0';
    return *this;
  }
  bounded_line& operator<<(std::size_t number) noexcept {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return *this << std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data()));
  }

 private:
  std::array<char, 1536>& room_;
  std::size_t at_ = 0;
};

// A path may hold any characters; a line of text may not.
bounded_line& operator<<(bounded_line& line, const budget& named) noexcept {
  for (const char one : named.path()) {
    const bool is_control = static_cast<unsigned char>(one) < 0x20 || one == '\x7f';
    line << (is_control ? std::string_view("?") : std::string_view(&one, 1));
  }
  return line;
}

struct entry {
  const budget* one;
  std::size_t used;
};

void write_limit(bounded_line& line, std::size_t bytes) noexcept {
  if (bytes == budget::unlimited) {
    line << "unlimited";
  } else {
    line << bytes;
  }
}

// The lowest level that has no room for the bytes; `asked` if every one has by now.
budget::refusal refusing_level(const budget& asked, std::size_t bytes,
                               std::optional<node_id> node) noexcept {
  for (const budget* at = &asked; at != nullptr; at = at->parent()) {
    if (bytes > at->limit() - at->used()) return {at, false};
    if (node && (at->used(*node) > at->node_limit(*node) ||
                 bytes > at->node_limit(*node) - at->used(*node))) {
      return {at, true};
    }
  }
  return {&asked, false};
}

}  // namespace

budget_exceeded::budget_exceeded(const budget& asked, std::size_t bytes,
                                 std::optional<node_id> node) noexcept
    : budget_exceeded(asked, bytes, refusing_level(asked, bytes, node), node) {}

budget_exceeded::budget_exceeded(const budget& asked, std::size_t bytes,
                                 const budget::refusal& refused,
                                 std::optional<node_id> node) noexcept
    : wanted_(bytes), node_(refused.of_node ? node : std::nullopt) {
  bounded_line line(line_);
  const budget& by = *refused.by;
  line << "budget '" << asked << "' is refused " << bytes << " bytes by '" << by
       << "': " << by.used() << " of ";
  write_limit(line, by.limit());
  line << " used (" << by.held() << " held)";
  if (node && by.node_limit(*node) != budget::unlimited) {
    line << ", on node " << to_number(*node) << " " << by.used(*node) << " of "
         << by.node_limit(*node);
  }

  const budget* root = &asked;
  while (root->parent() != nullptr)
    root = root->parent();

  const auto lock = budget_tree::acquire();
  std::array<entry, 64> largest{};
  std::size_t seen = 0;
  std::size_t kept = 0;
  budget_tree::visit(budget_tree::mutable_of(*root), [&](const budget& one) {
    if (&one == root) return;  // holds all others, so it would always lead and say nothing
    ++seen;
    const entry now{&one, one.used()};
    const auto larger = [](const entry& a, const entry& b) { return a.used > b.used; };
    if (kept == largest.size() && !larger(now, largest.back())) return;
    if (kept < largest.size()) ++kept;
    const auto place = std::upper_bound(largest.begin(), largest.begin() + kept - 1, now, larger);
    std::move_backward(place, largest.begin() + kept - 1, largest.begin() + kept);
    *place = now;
  });
  constexpr std::size_t room_for_rest = 32;
  for (std::size_t i = 0; i < kept; ++i) {
    const budget& one = *largest[i].one;
    if (line.left() < one.path().size() + 64 + room_for_rest) {
      kept = i;
      break;
    }
    line << (i == 0 ? "; by size: '" : ", '") << one << "' " << largest[i].used << " of ";
    write_limit(line, one.limit());
  }
  if (kept < seen) line << (kept == 0 ? "; and " : ", and ") << seen - kept << " more";
}

}  // namespace nearmem
