#include <pthread.h>

#include <nearmem/accounting/budget_reclaimer.hpp>
#include <nearmem/accounting/budget_tree.hpp>

namespace nearmem {
namespace {

constinit std::mutex tree_mutex;

// A fork while another thread holds a lock would leave it locked in the child for good.
template <class Visit>
void at_fork(Visit visit) noexcept {
  budget_tree::visit_all([&](const budget& one) { visit(*budget_tree::reclaimer_of(one)); });
}

[[maybe_unused]] const int fork_safe = ::pthread_atfork(
    [] {
      tree_mutex.lock();
      at_fork([](budget_reclaimer& one) { one.lock_for_fork(); });
    },
    [] {
      at_fork([](budget_reclaimer& one) { one.unlock_after_fork(false); });
      tree_mutex.unlock();
    },
    [] {
      at_fork([](budget_reclaimer& one) { one.unlock_after_fork(true); });
      tree_mutex.unlock();
    });

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
