#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <nearmem/alloc/page_account.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// How closely to look.
struct residency_options {
  // Every how manieth page is looked at; 1: all of them. An audit of all costs about 0.1 us a page,
  // or 25 us a mebibyte.
  std::size_t stride = 1;
};

// What was found on one node; counts of pages that were looked at.
struct node_residency {
  node_id node{};
  std::size_t pages = 0;       // that belong here
  std::size_t resident = 0;    // of them, in memory, wherever
  std::size_t misplaced = 0;   // of them, in another node's memory
  std::size_t unverified = 0;  // of them, where the kernel does not tell
};

struct huge_page_coverage {
  std::size_t bytes = 0;
  std::size_t in_huge_pages = 0;
};

// Where the pages of an account really lie, by the kernel's word.
//
// Where the kernel denies move_pages and get_mempolicy, as containers do, it is asked for whole
// mappings (numa_maps): pages of a mapping that lies on several nodes are unverified then.
//
// A page belongs to the home of its run, or, if it is interleaved, to the node whose turn it is.
// Pages without either belong where they lie.
struct residency_report {
  std::vector<node_residency> nodes;  // ascending; only nodes to which pages belong
  std::size_t page_bytes = 0;
  // Of an account that asked for huge pages, the bytes of all its pages and of those that lie in
  // huge ones; empty where it did not ask or smaps cannot be read.
  std::optional<huge_page_coverage> huge_pages;

  node_residency total() const noexcept;  // its `node` means nothing
  // Adds what was found of other accounts.
  residency_report& operator+=(const residency_report& other);
};

// Looks, changes nothing but what usage(node).misplaced says from now on (bytes; an estimate if
// stride > 1). Throws std::bad_alloc. O(pages / stride). Thread rule: the account's owner.
residency_report audit_residency(page_account& account, const residency_options& options = {});

// A quick look, which an account takes by itself once in a thousand runs: what was true when a page
// was placed may have changed since, as cpusets shrink and administrators move pages. At most 512
// pages are looked at, and usage(node).misplaced says what that comes to; where the kernel does not
// tell, it says what it did. Never throws. At most 50 us, and O(runs).
void look_again(page_account& account) noexcept;

// What became of misplaced pages; counts.
struct residency_repair {
  std::size_t moved = 0;
  std::size_t left = 0;  // the node is full, forbidden, or the kernel moves nothing

  residency_repair& operator+=(const residency_repair& other) noexcept {
    moved += other.moved;
    left += other.left;
    return *this;
  }
};

// Looks at all pages and moves the misplaced ones to where they belong; contents stay. Then
// usage(node).misplaced says what is left. Never throws. O(pages). Thread rule: the account's
// owner; other threads may use the memory meanwhile.
residency_repair repair_residency(page_account& account) noexcept;

}  // namespace nearmem
