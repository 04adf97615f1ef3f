#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nearmem/topology/node_id.hpp>

namespace nearmem {

class budget_reclaimer;

// Bytes that a part of the program may take from the pages below, in a tree.
//
//     process ───┬── component ─── charge(bytes, node) walks up: every level takes it, or none
//     limit_     ├── component
//     used_      └── component ── resource, resource, ...
//     nodes_     [0] used, limit   [1] used, limit   ...      the same bytes by memory node
//
// Invariants, at every instant and from any number of threads
//  1. used() <= limit(); a node's use never rises above its limit. No overshoot, however short.
//  2. used() of a parent == bytes charged to it directly + sum of used() of its children
//     + bytes reserved on it by holds (see budget_hold); while a charge is on its way up, the
//     levels it has already passed may count it for that moment.
//  3. A refused charge changes nothing, holds included.
//  4. The parent is given at construction, is alive then and never changes: so there is no cycle.
//
// Slack: what may be left of a limit when a charge is refused. With q the largest charge made (a
// resource asks for at most quantum() at a time, unless one block needs more) and T the threads
// that charge at that instant,
//
//     limit() - used() < T * q          and for T == 1: a charge of b is refused only if
//                                       limit() - used() < b at some level
//
// as only charges on their way up can stand in the way, one a thread. quantum() is 1/64 of the
// smallest limit above, at most 2 MiB and at least a page: 8 threads leave less than 1/8 of a 5 MB
// budget, one thread less than 1/64. A resource asks for less where less will do, before it gives
// up: one thread's block is refused only if what is left is less than
//
//     max(quantum(), pages of the block) + pages of the descriptors that it needs
//
// (one page as a rule, three for the first block of a size, and a table of 32 bytes a run where
// that of its runs is full). What resources hold free is within used(): they bound it, and
// trim() has them give it back.
//
// What is defined where one might wonder:
//  - limit 0: refuses every charge but one of 0 bytes.
//  - limit above what the machine has: kept as it is; the kernel refuses first (std::bad_alloc),
//    and statistics say `beyond_machine`.
//  - limit above the parent's: std::invalid_argument; `unlimited` means "the parent's alone".
//  - a parent that is not a living budget (itself included): std::invalid_argument.
//  - a name that a sibling has (budgets without a parent are siblings): std::invalid_argument; so
//    is a name that is empty, is not UTF-8 or holds '/', which parts the names of a path.
//  - a node that Linux cannot have (max_nodes or above), in any call: the process ends, with the
//    reason, in every build.
//  - destroyed before a child, or with bytes still charged or held: the process ends, with the
//    reason, in every build.
//
// After fork() the child has a copy of all budgets with what was charged and held; holds of threads
// other than the forking one are never released there.
//
// Thread rule: any. charge(), refund() and move() take no lock and call nobody.
class budget {
 public:
  // No limit of its own. No object can be larger, so that a limit above it is cut to it.
  static constexpr std::size_t unlimited = std::numeric_limits<std::ptrdiff_t>::max();

  // Gives back memory in a component: `bytes` are wanted, on `node` where one node is short.
  //
  // Runs only in admit() and poll(), on the calling thread, without a lock, once at a time: who
  // finds it running elsewhere passes it by. It may use its component, budgets included; admit()
  // and poll() inside it pass it by, too. It may free from other threads and wait for them. What it
  // throws leaves admit() or poll(), with all budgets in order. It must not destroy its budget.
  using reclaim_callback = std::function<void(std::size_t bytes, std::optional<node_id> node)>;

  // Throws std::invalid_argument as said above. `parent` must outlive it. About 16 KiB: room for
  // every node number Linux can have, so that no charge ever allocates.
  budget(std::string name, std::size_t limit_bytes, budget* parent = nullptr);
  ~budget();
  budget(const budget&) = delete;
  budget& operator=(const budget&) = delete;

  const std::string& name() const noexcept { return name_; }
  // The names from the root down, parted by '/'.
  const std::string& path() const noexcept { return *path_; }
  const budget* parent() const noexcept { return parent_; }
  // True if it is `above` or lies below it.
  bool is_within(const budget& above) const noexcept;

  std::size_t limit() const noexcept { return limit_; }
  std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
  // The largest used() so far, charges that were refused further up included.
  std::size_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }
  // Of used(), what holds here and below have reserved and not yet spent.
  std::size_t held() const noexcept { return held_.load(std::memory_order_relaxed); }
  std::size_t used(node_id node) const noexcept;
  // What one charge could at most be now: the least that is free here or above. For nobody's sake
  // but a look; other threads charge meanwhile.
  std::size_t available() const noexcept;
  // Charges that were refused at this level; never falls.
  std::size_t refusals() const noexcept { return refusals_.load(std::memory_order_relaxed); }

  // Bytes that a resource should take at once (see Slack): a multiple of 4096.
  std::size_t quantum() const noexcept;

  // From here on poll() asks for memory back; equals limit() at first. Cut to limit().
  void set_soft_limit(std::size_t bytes) noexcept;
  std::size_t soft_limit() const noexcept { return soft_limit_.load(std::memory_order_relaxed); }
  bool over_soft_limit() const noexcept { return used() > soft_limit(); }

  // What may lie on one node. A limit below what lies there already takes effect as far as it can:
  // no charge raises it further, and poll() asks for the rest. `unlimited` takes it away.
  void set_node_limit(node_id node, std::size_t bytes) noexcept;
  std::size_t node_limit(node_id node) const noexcept;

  // Which level refused a charge, and whether by a node's limit; false where none did.
  struct refusal {
    const budget* by = nullptr;
    bool of_node = false;

    explicit operator bool() const noexcept { return by != nullptr; }
  };

  // Takes bytes that are about to lie on `node`, here and at every level above, or changes nothing
  // and returns false. Draws on this thread's holds first. O(depth).
  [[nodiscard]] bool charge(std::size_t bytes, node_id node) noexcept {
    return !try_charge(bytes, node);
  }
  // The same, and says who refused: what budget_exceeded is made of.
  [[nodiscard]] refusal try_charge(std::size_t bytes, node_id node) noexcept;
  // Gives back what was charged; more than that breaks the contract. Tops this thread's holds up
  // before anything else. O(depth).
  void refund(std::size_t bytes, node_id node) noexcept;
  // Rebooks charged bytes from one node to another, or changes nothing and returns false: the
  // other's limit, at some level, forbids it. O(depth).
  [[nodiscard]] bool move(std::size_t bytes, node_id from, node_id to) noexcept {
    return !try_move(bytes, from, to);
  }
  [[nodiscard]] refusal try_move(std::size_t bytes, node_id from, node_id to) noexcept;

  // Replaces the callback; none at first. Waits for one that runs on another thread, and so must
  // not be called by what that one waits for.
  void set_reclaim(reclaim_callback callback);

  // Makes room: true if a charge of `bytes` (on `node`, if given) by this thread fits afterwards.
  // While it does not: trims, then runs the callbacks of this budget and of those below, the
  // largest user first (at most 64 of them), each asked for what is missing still and it could
  // have. Never those beside or above: their owners may stand where no eviction can be. A request
  // beyond a limit, however empty the budgets, is refused at once and disturbs nobody.
  bool admit(std::size_t bytes, std::optional<node_id> node = std::nullopt);
  // Where this budget, one above or one below is over its soft limit (or over a node's limit):
  // trims, then runs callbacks as admit() does. True if none is, afterwards.
  bool poll();
  // Has the resources that are charged here or below give back what they hold free, as far as any
  // thread may ask them (see resource_registry). Returns the bytes that this lowered used() by.
  std::size_t trim() noexcept;

 private:
  friend class budget_hold;
  friend class budget_tree;

  struct node_cell {
    std::atomic<std::size_t> used{0};
    std::atomic<std::size_t> limit{unlimited};
  };
  struct shortage {
    std::size_t bytes = 0;
    std::optional<node_id> node{};  // set where the node's limit is what is short
    bool hopeless = false;
  };

  node_cell& cell(node_id node) const noexcept;
  bool take_total(std::size_t bytes) noexcept;
  void give_held(std::size_t bytes) noexcept;
  refusal take(std::size_t bytes, std::size_t fresh, node_id node) noexcept;
  void give(std::size_t bytes, std::size_t fresh, node_id node) noexcept;
  void undo(std::size_t bytes, node_id node, const budget* refused_at) noexcept;
  shortage missing(std::size_t bytes, std::optional<node_id> node) const noexcept;
  shortage own_excess() const noexcept;
  shortage excess() const noexcept;
  bool is_settled() noexcept;
  budget& root() noexcept;
  template <class Wanted>
  void reclaim(Wanted wanted_of);

  const std::string name_;
  budget* const parent_;
  const std::shared_ptr<const std::string> path_;
  const std::size_t limit_;
  const std::shared_ptr<budget_reclaimer> reclaimer_;
  const std::unique_ptr<node_cell[]> nodes_;

  // Every charging thread writes here: kept off the line of the constants above.
  alignas(64) std::atomic<std::size_t> used_{0};
  std::atomic<std::size_t> peak_{0};
  std::atomic<std::size_t> held_{0};
  std::atomic<std::size_t> refusals_{0};
  std::atomic<std::size_t> soft_limit_;
  std::atomic<std::uint32_t> limited_nodes_{0};  // no node from this number on ever had a limit

  // The tree downwards, guarded by budget_tree's lock.
  budget* first_child_ = nullptr;
  budget* next_sibling_ = nullptr;
};

}  // namespace nearmem
