#include <nearmem/accounting/budget_tree.hpp>

namespace nearmem {
namespace {

constinit std::mutex tree_mutex;

}  // namespace

constinit budget* budget_tree::roots = nullptr;

budget_tree::lock budget_tree::acquire() noexcept {
  return lock(tree_mutex);
}

bool budget_tree::is_alive(const budget* one) noexcept {
  bool found = false;
  visit_all([&](const budget& other) { found = found || &other == one; });
  return found;
}

const budget* budget_tree::find_sibling(const budget& one) noexcept {
  for (const budget* other = list_of(one); other != nullptr; other = other->next_sibling_) {
    if (other->name_ == one.name_) return other;
  }
  return nullptr;
}

void budget_tree::insert(budget& one) noexcept {
  one.next_sibling_ = list_of(one);
  list_of(one) = &one;
}

void budget_tree::erase(budget& one) noexcept {
  budget** link = &list_of(one);
  while (*link != &one)
    link = &(*link)->next_sibling_;
  *link = one.next_sibling_;
}

}  // namespace nearmem
