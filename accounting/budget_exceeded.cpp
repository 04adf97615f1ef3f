#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/accounting/budget_tree.hpp>
#include <nearmem/accounting/utf8.hpp>

namespace nearmem {
namespace {

// Writes as much as there is room for, always ended by a zero.
class bounded_line {
 public:
  explicit bounded_line(std::array<char, 1536>& room) noexcept : room_(room) {}

  std::size_t left() const noexcept { return room_.size() - 1 - at_; }
  void append(std::string_view text) noexcept {
    const std::size_t bytes = std::min(text.size(), left());
    std::memcpy(room_.data() + at_, text.data(), bytes);
    at_ += bytes;
    room_[at_] = '\0';
  }

 private:
  std::array<char, 1536>& room_;
  std::size_t at_ = 0;
};

// Lines are bounded_line or std::string.
template <class Line>
void write(Line& line, std::size_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  line.append(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

template <class Line>
void write_limit(Line& line, std::size_t bytes) {
  if (bytes == budget::unlimited) {
    line.append("unlimited");
  } else {
    write(line, bytes);
  }
}

// A path may hold any characters; a line of text may not.
template <class Line>
void write_path(Line& line, std::string_view path) {
  while (!path.empty()) {
    const std::size_t control = control_bytes(path);
    const std::size_t bytes = control != 0 ? control : 1;
    line.append(control != 0 ? std::string_view("?") : path.substr(0, 1));
    path.remove_prefix(bytes);
  }
}

template <class Line>
void write_level(Line& line, bool is_first, std::string_view path, std::size_t used,
                 std::size_t limit) {
  line.append(is_first ? "; by size: '" : ", '");
  write_path(line, path);
  line.append("' ");
  write(line, used);
  line.append(" of ");
  write_limit(line, limit);
}

template <class Line>
void write_head(Line& line, const budget& asked, std::size_t bytes, const budget& by,
                std::optional<node_id> node) {
  line.append("budget '");
  write_path(line, asked.path());
  line.append("' is refused ");
  write(line, bytes);
  line.append(" bytes by '");
  write_path(line, by.path());
  line.append("': ");
  write(line, by.used());
  line.append(" of ");
  write_limit(line, by.limit());
  line.append(" used (");
  write(line, by.held());
  line.append(" held)");
  if (node && by.node_limit(*node) != budget::unlimited) {
    line.append(", on node ");
    write(line, to_number(*node));
    line.append(" ");
    write(line, by.used(*node));
    line.append(" of ");
    write(line, by.node_limit(*node));
  }
}

const budget& root_of(const budget& asked) noexcept {
  const budget* root = &asked;
  while (root->parent() != nullptr)
    root = root->parent();
  return *root;
}

// The largest users that fit, without allocating; at most 64 are looked for.
void write_largest(bounded_line& line, const budget& root) noexcept {
  struct entry {
    const budget* one;
    std::size_t used;
  };
  const auto lock = budget_tree::acquire();
  std::array<entry, 64> largest{};
  std::size_t seen = 0;
  std::size_t kept = 0;
  budget_tree::visit(budget_tree::mutable_of(root), [&](const budget& one) {
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
    write_level(line, i == 0, one.path(), largest[i].used, one.limit());
  }
  if (kept < seen) {
    line.append(kept == 0 ? "; and " : ", and ");
    write(line, seen - kept);
    line.append(" more");
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

// A budget as it was seen under the tree's lock, where nothing may be allocated.
struct seen_level {
  std::shared_ptr<const std::string> path;
  std::size_t used = 0;
  std::size_t limit = 0;
  std::size_t place = 0;  // among those seen, parents before children
};

// All budgets of the tree, the largest first. Looks again where there are more than there is room
// for, and takes what it has if others keep making more.
std::vector<seen_level> levels_below(const budget& root) {
  std::vector<seen_level> levels;
  std::size_t count = 0;
  for (int attempt = 0; attempt < 4; ++attempt) {
    levels.clear();
    levels.reserve(count + count / 4 + 16);
    const auto lock = budget_tree::acquire();
    count = 0;
    budget_tree::visit(budget_tree::mutable_of(root), [&](const budget& one) {
      ++count;
      if (levels.size() == levels.capacity()) return;
      levels.push_back({budget_tree::path_of(one), one.used(), one.limit(), count});
    });
    if (count == levels.size()) break;
  }
  std::sort(levels.begin(), levels.end(), [](const seen_level& a, const seen_level& b) {
    return a.used != b.used ? a.used > b.used : a.place < b.place;
  });
  return levels;
}

// Whether this thread is at a report: one that its own allocations call for is not made, as they
// may be refused by the very budget.
constinit thread_local bool is_reporting = false;

}  // namespace

struct budget_exceeded::report {
  std::string line;
  std::vector<budget_level> levels;
};

std::shared_ptr<const budget_exceeded::report> budget_exceeded::make_report(
    const budget& asked, std::size_t bytes, const budget& by, std::optional<node_id> node) {
  auto made = std::make_shared<report>();
  write_head(made->line, asked, bytes, by, node);
  for (const seen_level& level : levels_below(root_of(asked))) {
    write_level(made->line, made->levels.empty(), *level.path, level.used, level.limit);
    made->levels.push_back({*level.path, level.used, level.limit});
  }
  return made;
}

budget_exceeded::budget_exceeded(const budget& asked, std::size_t bytes,
                                 std::optional<node_id> node) noexcept
    : budget_exceeded(asked, bytes, refusing_level(asked, bytes, node), node) {}

budget_exceeded::budget_exceeded(const budget& asked, std::size_t bytes,
                                 const budget::refusal& refused,
                                 std::optional<node_id> node) noexcept
    : wanted_(bytes), node_(refused.of_node ? node : std::nullopt) {
  if (!std::exchange(is_reporting, true)) {
    try {
      report_ = make_report(asked, bytes, *refused.by, node);
    } catch (...) {
      report_ = nullptr;
    }
    is_reporting = false;
  }
  if (report_ != nullptr) return;
  bounded_line line(line_);
  write_head(line, asked, bytes, *refused.by, node);
  write_largest(line, root_of(asked));
}

const char* budget_exceeded::what() const noexcept {
  return report_ == nullptr ? line_.data() : report_->line.c_str();
}

std::span<const budget_level> budget_exceeded::levels() const noexcept {
  if (report_ == nullptr) return {};
  return report_->levels;
}

}  // namespace nearmem
