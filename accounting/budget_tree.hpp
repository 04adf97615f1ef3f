#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <nearmem/accounting/budget.hpp>

namespace nearmem {

// The living budgets of the process, from parents to children. Private to accounting.
//
// Lock rule: who holds the lock calls nobody and allocates nothing, as an allocation may end in a
// budget_exceeded, which takes the lock to name the tree.
class budget_tree {
 public:
  using lock = std::unique_lock<std::mutex>;
  static lock acquire() noexcept;

  // All others require the lock.
  static bool is_alive(const budget* one) noexcept;
  // The sibling-to-be of this name, or nullptr.
  static const budget* find_sibling(const budget& one) noexcept;
  static void insert(budget& one) noexcept;
  static void erase(budget& one) noexcept;
  static bool has_children(const budget& one) noexcept { return one.first_child_ != nullptr; }

  // Calls visit(budget&) for `top` and all below it, parents before children.
  template <class Visit>
  static void visit(budget& top, Visit&& visit_one) {
    visit_one(top);
    for (budget* child = top.first_child_; child != nullptr; child = child->next_sibling_) {
      visit(*child, visit_one);
    }
  }
  template <class Visit>
  static void visit_all(Visit&& visit_one) {
    for (budget* root = roots; root != nullptr; root = root->next_sibling_)
      visit(*root, visit_one);
  }

  static budget& mutable_of(const budget& one) noexcept { return const_cast<budget&>(one); }
  static const std::shared_ptr<budget_reclaimer>& reclaimer_of(const budget& one) noexcept {
    return one.reclaimer_;
  }
  static const std::shared_ptr<const std::string>& path_of(const budget& one) noexcept {
    return one.path_;
  }

 private:
  static budget*& list_of(const budget& one) noexcept {
    return one.parent_ == nullptr ? roots : one.parent_->first_child_;
  }

  static budget* roots;
};

}  // namespace nearmem
