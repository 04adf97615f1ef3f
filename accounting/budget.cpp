#include <algorithm>
#include <stdexcept>
#include <utility>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_hold.hpp>
#include <nearmem/accounting/budget_reclaimer.hpp>
#include <nearmem/accounting/budget_tree.hpp>
#include <nearmem/accounting/contract.hpp>
#include <nearmem/accounting/utf8.hpp>

namespace nearmem {
namespace {

// All counts here are relaxed: each bound concerns one atomic variable, and nobody learns from a
// count that other memory has been written.
constexpr auto relaxed = std::memory_order_relaxed;

[[noreturn]] void refuse(const std::string& name, const char* why) {
  throw std::invalid_argument("budget '" + to_utf8(name) + "': " + why);
}

std::string checked_name(std::string name) {
  if (name.empty()) refuse(name, "a budget needs a name");
  if (!is_utf8(name)) refuse(name, "the name is not UTF-8");
  if (name.find('/') != std::string::npos) refuse(name, "'/' parts the names of a path");
  return name;
}

budget* checked_parent(budget* parent, const std::string& name, std::size_t limit) {
  if (parent == nullptr) return nullptr;
  if (const auto lock = budget_tree::acquire(); !budget_tree::is_alive(parent)) parent = nullptr;
  if (parent == nullptr) refuse(name, "the parent is not a living budget");
  if (limit > parent->limit() && limit < budget::unlimited) {
    refuse(name,
           ("the limit " + std::to_string(limit) + " is larger than " +
            std::to_string(parent->limit()) + ", the limit of its parent '" + parent->path() + "'")
               .c_str());
  }
  return parent;
}

std::string path_of(const std::string& name, const budget* parent) {
  return parent == nullptr ? name : parent->path() + '/' + name;
}

// Adds if the sum stays within the limit; the only way in which a use ever grows.
bool add_within(std::atomic<std::size_t>& used, std::size_t limit, std::size_t bytes) noexcept {
  if (bytes == 0) return true;
  if (bytes > limit) return false;
  std::size_t before = used.load(relaxed);
  do {
    if (before > limit - bytes) return false;
  } while (!used.compare_exchange_weak(before, before + bytes, relaxed));
  return true;
}

void subtract(std::atomic<std::size_t>& used, std::size_t bytes) noexcept {
  [[maybe_unused]] const std::size_t before = used.fetch_sub(bytes, relaxed);
  expects(before >= bytes, "more bytes were refunded to a budget than it was charged");
}

}  // namespace

budget::budget(std::string name, std::size_t limit_bytes, budget* parent)
    : name_(checked_name(std::move(name))),
      parent_(checked_parent(parent, name_, limit_bytes)),
      path_(std::make_shared<const std::string>(path_of(name_, parent_))),
      limit_(std::min(limit_bytes, unlimited)),
      reclaimer_(std::make_shared<budget_reclaimer>()),
      nodes_(std::make_unique<node_cell[]>(max_nodes)),
      soft_limit_(limit_) {
  auto lock = budget_tree::acquire();
  const bool unique = budget_tree::find_sibling(*this) == nullptr;
  if (unique) budget_tree::insert(*this);
  lock.unlock();
  if (!unique) refuse(*path_, "the name is used already");
}

budget::~budget() {
  {
    const auto lock = budget_tree::acquire();
    if (budget_tree::has_children(*this)) {
      contract_violation("a budget was destroyed before its children");
    }
    if (used() != 0) {
      contract_violation("a budget was destroyed while bytes were charged to it or held on it");
    }
    budget_tree::erase(*this);
  }
  reclaimer_->close();
}

bool budget::is_within(const budget& above) const noexcept {
  const budget* at = this;
  while (at != nullptr && at != &above)
    at = at->parent_;
  return at != nullptr;
}

budget::node_cell& budget::cell(node_id node) const noexcept {
  if (to_number(node) >= max_nodes) contract_violation("no memory node has so large a number");
  return nodes_[to_number(node)];
}

std::size_t budget::used(node_id node) const noexcept {
  return cell(node).used.load(relaxed);
}

std::size_t budget::available() const noexcept {
  std::size_t least = unlimited;
  for (const budget* at = this; at != nullptr; at = at->parent_) {
    least = std::min(least, at->limit_ - at->used());
  }
  return least;
}

std::size_t budget::quantum() const noexcept {
  constexpr std::size_t page_bytes = 4096;
  constexpr std::size_t most = std::size_t{2} << 20;
  std::size_t limit = limit_;
  for (const budget* at = parent_; at != nullptr; at = at->parent_)
    limit = std::min(limit, at->limit_);
  return std::clamp(limit / 64 / page_bytes * page_bytes, page_bytes, most);
}

void budget::set_soft_limit(std::size_t bytes) noexcept {
  soft_limit_.store(std::min(bytes, limit_), relaxed);
}

void budget::set_node_limit(node_id node, std::size_t bytes) noexcept {
  cell(node).limit.store(std::min(bytes, unlimited), relaxed);
  std::uint32_t before = limited_nodes_.load(relaxed);
  while (before <= to_number(node) &&
         !limited_nodes_.compare_exchange_weak(before, to_number(node) + 1, relaxed)) {
  }
}

std::size_t budget::node_limit(node_id node) const noexcept {
  return cell(node).limit.load(relaxed);
}

bool budget::take_total(std::size_t bytes) noexcept {
  if (!add_within(used_, limit_, bytes)) return false;
  const std::size_t now = used();
  std::size_t before = peak();
  while (before < now && !peak_.compare_exchange_weak(before, now, relaxed)) {
  }
  return true;
}

void budget::give_held(std::size_t bytes) noexcept {
  subtract(held_, bytes);
  subtract(used_, bytes);
}

// `fresh` of the bytes are new here; the others were held here until now.
budget::refusal budget::take(std::size_t bytes, std::size_t fresh, node_id node) noexcept {
  if (!take_total(fresh)) return {this, false};
  if (node_cell& on = cell(node); !add_within(on.used, on.limit.load(relaxed), bytes)) {
    subtract(used_, fresh);
    return {this, true};
  }
  subtract(held_, bytes - fresh);
  return {};
}

void budget::give(std::size_t bytes, std::size_t fresh, node_id node) noexcept {
  held_.fetch_add(bytes - fresh, relaxed);
  subtract(cell(node).used, bytes);
  subtract(used_, fresh);
}

budget::refusal budget::try_charge(std::size_t bytes, node_id node) noexcept {
  std::size_t fresh = bytes;
  for (budget* at = this; at != nullptr; at = at->parent_) {
    fresh -= budget_hold::draw(*at, fresh);
    if (const refusal refused = at->take(bytes, fresh, node)) {
      at->refusals_.fetch_add(1, relaxed);
      undo(bytes, node, at);
      return refused;
    }
  }
  return {};
}

void budget::undo(std::size_t bytes, node_id node, const budget* refused_at) noexcept {
  std::size_t fresh = bytes;
  for (budget* at = this; at != nullptr; at = at->parent_) {
    fresh -= budget_hold::undraw(*at);
    if (at == refused_at) return;
    at->give(bytes, fresh, node);
  }
}

void budget::refund(std::size_t bytes, node_id node) noexcept {
  std::size_t fresh = bytes;
  for (budget* at = this; at != nullptr; at = at->parent_) {
    fresh -= budget_hold::top_up(*at, fresh);
    at->give(bytes, fresh, node);
  }
}

budget::refusal budget::try_move(std::size_t bytes, node_id from, node_id to) noexcept {
  if (from == to) return {};
  for (budget* at = this; at != nullptr; at = at->parent_) {
    node_cell& target = at->cell(to);
    if (add_within(target.used, target.limit.load(relaxed), bytes)) continue;
    at->refusals_.fetch_add(1, relaxed);
    for (budget* below = this; below != at; below = below->parent_) {
      subtract(below->cell(to).used, bytes);
    }
    return {at, true};
  }
  for (budget* at = this; at != nullptr; at = at->parent_)
    subtract(at->cell(from).used, bytes);
  return {};
}

}  // namespace nearmem
