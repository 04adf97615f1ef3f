#pragma once

#include <nearmem/alloc/kernel.hpp>

namespace nearmem {

// The kernel that this process runs on. No state. Thread rule: any.
class linux_kernel final : public kernel {
 public:
  bool places_memory_of(const machine& hardware) const noexcept override;
  memory_policy inherited_policy() const noexcept override;
  // Half of what RLIMIT_AS leaves; 64 GiB under sanitizers and 8 GiB under Valgrind, whose shadow
  // memory follows what is mapped.
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
  std::vector<mapping_node> mappings() noexcept override;
  int move(std::span<void* const> pages, std::span<const node_id> targets,
           std::span<int> results) noexcept override;
};

}  // namespace nearmem
