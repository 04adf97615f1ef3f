#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/page_request.hpp>

namespace nearmem {

// Where the memory of descriptors comes from: an account's pages, counted as metadata.
class descriptor_pages {
 public:
  virtual page_grant take_metadata(std::size_t bytes) noexcept = 0;
  virtual void give_metadata(page_run run) noexcept = 0;
  virtual std::size_t page_bytes() noexcept = 0;

 protected:
  ~descriptor_pages() = default;
};

// Descriptors of any size, packed into pages of their own.
//
//   page  ┌ header ┬ cell ┬ cell ┬ 3 units ──┬ free ...  ┐   64 units, one bit each in
//   header.taken;
//         └────────┴──────┴──────┴───────────┴───────────┘   unit 0 is the header itself
//   rows_[k]  pages whose longest row of free units has 2^k to 2^(k+1) - 1 units
//
// Larger descriptors are runs of their own. A page without descriptors is returned at once.
// Invariant: every page with a free unit is in the list of its longest row, every other in none.
// Thread rule: one owner.
class page_descriptors {
 public:
  page_descriptors() noexcept = default;
  page_descriptors(const page_descriptors&) = delete;
  page_descriptors& operator=(const page_descriptors&) = delete;

  // At least `bytes`, aligned to 64, not zeroed; nullptr with the reason in `why`. O(1).
  void* make(descriptor_pages& pages, std::size_t bytes, page_grant& why) noexcept;
  // Takes back what make() gave for so many bytes, whichever of these it was. O(1).
  static void drop(descriptor_pages& pages, void* descriptor, std::size_t bytes) noexcept;

 private:
  static constexpr std::size_t units = 64;

  struct header {
    std::uint64_t taken;
    header* next;
    header* previous;
    page_descriptors* filed_by;
    std::uint32_t row;  // the list that it is in, or no_row
  };
  static constexpr std::uint32_t no_row = 6;

  static std::size_t longest_row(std::uint64_t taken) noexcept;
  static std::size_t find(std::uint64_t taken, std::size_t count) noexcept;
  void file(header* page) noexcept;
  void unfile(header* page) noexcept;

  std::array<header*, no_row> rows_{};
};

}  // namespace nearmem
