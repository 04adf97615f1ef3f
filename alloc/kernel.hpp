#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <nearmem/alloc/node_weights.hpp>
#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/mapping_node.hpp>
#include <nearmem/topology/node_id.hpp>
#include <nearmem/topology/node_set.hpp>

namespace nearmem {

// Where the kernel is told to take the pages of a range from.
struct memory_policy {
  // local: from the node of the thread that touches the page, as the policy of the range itself;
  // default_: whatever the task's own policy says.
  enum class kind : std::uint8_t {
    default_,
    local,
    preferred,
    bind,
    interleave,
    weighted_interleave
  };

  kind what = kind::default_;
  node_set nodes{};  // one member for preferred and bind; empty for default_ and local

  friend bool operator==(const memory_policy&, const memory_policy&) = default;
};

// Address space, or the errno of its refusal.
struct reserved_range {
  std::byte* data = nullptr;
  std::size_t bytes = 0;
  int error = 0;
};

// The system calls that the page layer makes, and nothing else of the system: what lies behind is
// the kernel of this machine (linux_kernel) or one that a test made up (simulated_kernel).
//
// A page's life:   reserve ──> open ──> populate ──> purge ──> populate ... ──> unreserve
//                  no access   writable  in memory    gone, zero when populated again
//
// Ranges are whole pages. What returns int returns 0 or an errno; nothing throws.
// Thread rule: any, on ranges that no other thread is changing.
class kernel {
 public:
  // What may be read in a range that was reserved, but not opened.
  enum class access : std::uint8_t { none, zeros };

  virtual ~kernel() = default;

  // Whether the calls about nodes concern the memory of `hardware`: only then may anything be
  // said to lie on a node of it.
  virtual bool places_memory_of(const machine& hardware) const noexcept = 0;
  // The policy of the calling thread, which it may have been started under (numactl).
  virtual memory_policy inherited_policy() const noexcept = 0;
  // The nodes' weights for weighted_interleave; empty where the kernel has none.
  virtual std::optional<node_weights> weights() const noexcept { return std::nullopt; }
  // How much address space this process should reserve at most for all of its pages.
  virtual std::size_t reservable_bytes() const noexcept = 0;
  virtual std::size_t page_bytes() const noexcept = 0;

  // Address space that costs no memory yet and that no huge page may fill. `alignment` is a power
  // of two.
  virtual reserved_range reserve(std::size_t bytes, std::size_t alignment,
                                 access before_open) noexcept = 0;
  virtual void unreserve(std::byte* data, std::size_t bytes) noexcept = 0;
  // Makes a reserved range readable and writable, for good.
  virtual int open(std::byte* data, std::size_t bytes) noexcept = 0;
  // Brings an open range into memory; what it held stays as it was, fresh pages are zero.
  virtual int populate(std::byte* data, std::size_t bytes) noexcept = 0;
  // Gives the memory of an open range back; its pages are zero when they are populated again.
  virtual int purge(std::byte* data, std::size_t bytes) noexcept = 0;
  // Allows or forbids huge pages in a range.
  virtual int huge_pages(std::byte* data, std::size_t bytes, bool allowed) noexcept = 0;

  virtual int set_policy(std::byte* data, std::size_t bytes,
                         const memory_policy& policy) noexcept = 0;
  // For every page the node that it lies on, or a negative errno. `nodes` is as long as `pages`.
  virtual int locate(std::span<void* const> pages, std::span<int> nodes) noexcept = 0;
  // Where locate() is denied: the node of each mapping of this process, ascending; empty where that
  // is not told either. O(pages of the process).
  virtual std::vector<mapping_node> mappings() noexcept { return {}; }
  // Moves every page to the node beside it; `results` as those of locate().
  virtual int move(std::span<void* const> pages, std::span<const node_id> targets,
                   std::span<int> results) noexcept = 0;
};

}  // namespace nearmem
