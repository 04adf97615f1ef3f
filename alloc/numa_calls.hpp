#pragma once

#include <cstddef>
#include <span>

#include <nearmem/alloc/kernel.hpp>
#include <nearmem/topology/node_id.hpp>

// mbind, move_pages and get_mempolicy: called in numa_calls.cpp and nowhere else. Each returns 0 or
// an errno. Thread rule: any.
namespace nearmem {

int set_range_policy(std::byte* data, std::size_t bytes, const memory_policy& policy) noexcept;

// The calling thread's policy; default_ where it cannot be read.
memory_policy thread_policy() noexcept;

// For every page its node or a negative errno; asks page by page where the kernel denies
// move_pages, as container runtimes do.
int locate_pages(std::span<void* const> pages, std::span<int> nodes) noexcept;

int move_pages_to(std::span<void* const> pages, std::span<const node_id> targets,
                  std::span<int> results) noexcept;

}  // namespace nearmem
