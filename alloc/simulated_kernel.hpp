#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>

#include <nearmem/alloc/kernel.hpp>
#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/node_set.hpp>

namespace nearmem {

// The calls of a kernel, as they are counted and refused.
enum class kernel_call : std::uint8_t {
  reserve,
  open,
  populate,
  purge,
  huge_pages,
  set_policy,
  locate,
  move,
};
inline constexpr std::size_t kernel_calls = 8;

// A kernel that a test makes up: the memory is real, its nodes are a table. A described machine of
// any size can so be filled, restricted and broken on any other.
//
//   policies_   range → policy        what set_policy() was told
//   resident_   page  → node          chosen by the policy when the page is populated
//   nodes_      node  → room, used    a full node passes pages on to the next, as Linux does
//
// Where Linux would kill a process (a page under a strict policy, and no room on its nodes),
// populate() fails and kills() counts it.
//
// Running out of memory for its own tables ends the process. Thread rule: any.
class simulated_kernel final : public kernel {
 public:
  // Nodes as large as `hardware` says, and pages of `page_bytes`: a power of two that this
  // machine's divide; 0: this machine's.
  explicit simulated_kernel(const machine& hardware, std::size_t page_bytes = 0);
  ~simulated_kernel() override;
  simulated_kernel(const simulated_kernel&) = delete;
  simulated_kernel& operator=(const simulated_kernel&) = delete;

  // --- What the kernel is like.
  void set_node_bytes(node_id node, std::size_t bytes);
  // The node that threads run on: where pages without a policy go. Empty: this_thread::node().
  void set_running_node(std::optional<node_id> node);
  // The cpuset: no page goes elsewhere, and a policy without any of these nodes is invalid.
  void set_allowed_nodes(const node_set& nodes);
  void set_inherited_policy(const memory_policy& policy);
  // The nodes' weights, which pages that are populated from now on take turns by; the kernel has
  // none (and answers EINVAL to such a policy) until this is called.
  void set_weights(const node_weights& weights);
  // Pages take turns by so many low bits of their number: 64, or 32 as before Linux 6.7.
  void set_turn_bits(unsigned bits);
  // Answers every policy of this kind with `error`; 0 accepts again.
  void refuse_policy(memory_policy::kind what, int error);
  // Answers locate() and move() with `error`; 0 accepts again.
  void refuse_locate(int error);
  void set_reservable_bytes(std::size_t bytes);
  // Reservations beyond this sum fail with ENOMEM.
  void set_address_space(std::size_t bytes);

  // --- What goes wrong. Each of the two is good for one call.
  // The n-th call from now on (0: the next), of one kind or of any, answers `error`.
  void fail(kernel_call what, std::size_t n, int error);
  void fail_any(std::size_t n, int error);
  // Whether the failure asked for last has happened.
  bool has_failed() const;
  // Moves resident pages to another node, as the kernel may at any time.
  void migrate(const std::byte* data, std::size_t bytes, node_id to);

  // --- What happened.
  std::size_t calls(kernel_call what) const;
  std::size_t reserved_bytes() const;
  std::size_t resident_bytes() const;
  std::size_t resident_bytes(node_id node) const;
  std::optional<node_id> node_of(const void* address) const;
  memory_policy policy_of(const void* address) const;
  bool huge_pages_allowed(const void* address) const;
  std::size_t kills() const;

  // --- kernel
  bool places_memory_of(const machine& hardware) const noexcept override;
  memory_policy inherited_policy() const noexcept override;
  std::optional<node_weights> weights() const noexcept override;
  std::size_t reservable_bytes() const noexcept override;
  std::size_t page_bytes() const noexcept override;
  reserved_range reserve(std::size_t bytes, std::size_t alignment,
                         access before_open) noexcept override;
  void unreserve(std::byte* data, std::size_t bytes) noexcept override;
  int open(std::byte* data, std::size_t bytes) noexcept override;
  int populate(std::byte* data, std::size_t bytes) noexcept override;
  int purge(std::byte* data, std::size_t bytes) noexcept override;
  int huge_pages(std::byte* data, std::size_t bytes, bool allowed) noexcept override;
  int set_policy(std::byte* data, std::size_t bytes, const memory_policy& policy) noexcept override;
  int locate(std::span<void* const> pages, std::span<int> nodes) noexcept override;
  int move(std::span<void* const> pages, std::span<const node_id> targets,
           std::span<int> results) noexcept override;

 private:
  using address = std::uintptr_t;
  struct node_room {
    std::size_t bytes = 0;
    std::size_t used = 0;
  };
  // A value for every address: the entry at or before it; the first entry is at 0.
  template <class Value>
  using ranges = std::map<address, Value>;

  template <class Value>
  static void assign(ranges<Value>& map, address begin, address end, const Value& value);
  template <class Value>
  static const Value& at(const ranges<Value>& map, address where);

  int count(kernel_call what);
  bool has_room(node_id node) const;
  std::optional<node_id> choose(const memory_policy& policy, address page) const;
  std::optional<node_id> nearest_with_room(node_id from) const;
  node_id running_node() const;
  void forget(address begin, address end);

  const machine hardware_;
  const std::size_t page_bytes_;

  mutable std::mutex mutex_;
  std::map<node_id, node_room> nodes_;
  node_set allowed_;
  std::optional<node_id> running_;
  memory_policy inherited_{};
  std::array<int, 6> refused_policies_{};
  std::optional<node_weights> weights_{};
  int refused_locate_ = 0;
  unsigned turn_bits_ = 64;
  std::size_t reservable_ = std::numeric_limits<std::size_t>::max() / 4;
  std::size_t address_space_ = std::numeric_limits<std::size_t>::max() / 4;

  std::optional<kernel_call> failing_;  // of any kind if empty
  std::size_t fail_after_ = 0;
  int failure_ = 0;  // 0: nothing is to fail
  bool has_failed_ = false;

  std::array<std::size_t, kernel_calls> counts_{};
  std::size_t reserved_ = 0;
  std::size_t kills_ = 0;
  ranges<memory_policy> policies_;
  ranges<bool> huge_;
  std::unordered_map<address, node_id> resident_;
};

}  // namespace nearmem
