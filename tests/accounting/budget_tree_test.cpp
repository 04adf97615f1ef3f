#include <memory>
#include <new>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_hold.hpp>

#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

struct block {
  std::size_t owner;
  std::size_t bytes;
  node_id node;
};

// A tree of five budgets beside a plain sum over what was charged and held.
//
//   0 ─┬─ 1 ─── 3
//      └─ 2 ─── 4
class shadowed_tree {
 public:
  explicit shadowed_tree(std::mt19937_64& random) {
    add("root", 10'000, nullptr);
    add("left", 6'000, budgets_[0].get());
    add("right", budget::unlimited, budgets_[0].get());
    add("leaf", 5'000, budgets_[1].get());
    add("leaf", 7'000, budgets_[2].get());
    budgets_[0]->set_node_limit(node_id{1}, 3'000);
    budgets_[4]->set_node_limit(node_id{0}, 4'000 + random() % 1'000);
  }
  ~shadowed_tree() {
    holds_.clear();
    for (const block& one : blocks_)
      budgets_[one.owner]->refund(one.bytes, one.node);
    while (!budgets_.empty())
      budgets_.pop_back();
  }
  shadowed_tree(const shadowed_tree&) = delete;
  shadowed_tree& operator=(const shadowed_tree&) = delete;

  void step(std::mt19937_64& random) {
    const std::size_t owner = random() % budgets_.size();
    const std::size_t bytes = random() % 2'000;
    const node_id node{static_cast<std::uint32_t>(random() % 3)};
    switch (random() % 6) {
      case 0:
      case 1:
        if (budgets_[owner]->charge(bytes, node)) blocks_.push_back({owner, bytes, node});
        break;
      case 2:
        if (blocks_.empty()) break;
        std::swap(blocks_[random() % blocks_.size()], blocks_.back());
        budgets_[blocks_.back().owner]->refund(blocks_.back().bytes, blocks_.back().node);
        blocks_.pop_back();
        break;
      case 3:
        if (holds_.size() < 3) {
          auto hold = std::make_unique<budget_hold>(*budgets_[owner], bytes, std::nothrow);
          if (*hold) holds_.push_back({owner, std::move(hold)});
        }
        break;
      case 4:
        if (holds_.empty()) break;
        std::swap(holds_[random() % holds_.size()], holds_.back());
        holds_.pop_back();
        break;
      case 5:
        if (blocks_.empty()) break;
        block& moved = blocks_[random() % blocks_.size()];
        if (budgets_[moved.owner]->move(moved.bytes, moved.node, node)) moved.node = node;
        break;
    }
  }

  void check() const {
    for (const auto& level : budgets_) {
      std::size_t charged = 0;
      std::size_t held = 0;
      std::vector<std::size_t> on_node(3);
      for (const block& one : blocks_) {
        if (!budgets_[one.owner]->is_within(*level)) continue;
        charged += one.bytes;
        on_node[to_number(one.node)] += one.bytes;
      }
      for (const auto& [owner, hold] : holds_) {
        ASSERT_LE(hold->remaining(), hold->size());
        if (budgets_[owner]->is_within(*level)) held += hold->remaining();
      }
      ASSERT_EQ(level->used(), charged + held) << level->path();
      ASSERT_EQ(level->held(), held) << level->path();
      ASSERT_LE(level->used(), level->limit());
      ASSERT_GE(level->peak(), level->used());
      for (std::uint32_t node = 0; node < 3; ++node) {
        ASSERT_EQ(level->used(node_id{node}), on_node[node]) << level->path();
        ASSERT_LE(on_node[node], level->node_limit(node_id{node}));
      }
    }
  }

 private:
  void add(const char* name, std::size_t limit, budget* parent) {
    budgets_.push_back(std::make_unique<budget>(name, limit, parent));
  }

  std::vector<std::unique_ptr<budget>> budgets_;
  std::vector<block> blocks_;
  std::vector<std::pair<std::size_t, std::unique_ptr<budget_hold>>> holds_;
};

TEST(budget_tree, keeps_every_sum_through_random_charges_holds_and_moves) {
  std::mt19937_64 random(test_seed());
  shadowed_tree tree(random);
  for (int step = 0; step < 20'000; ++step) {
    tree.step(random);
    tree.check();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace nearmem
