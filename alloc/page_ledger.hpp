#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/page_request.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// A run as it was granted.
struct page_record {
  std::byte* data = nullptr;
  std::uint32_t pages = 0;
  std::uint16_t node = 0;    // where it lies
  std::uint16_t wanted = 0;  // where it was wanted
};

// The runs that one account has out.
//
//   few_   [r r r . . . . .]          up to 8 lie in the object
//   table_ [. r . r r . r . ...]      more lie in a run of their own: a hash table, at most 3/4
//   full
//
// The ledger takes no memory by itself: its account gives it a run, and is given the old one back.
// Invariant: table_ is null, or few_ is empty. Thread rule: one owner.
class page_ledger {
 public:
  static constexpr std::size_t few = 8;

  std::size_t size() const noexcept { return size_; }
  // Whether another record needs a larger table first.
  bool is_full() const noexcept;
  // Whether the records would fit into a quarter of the table, or into the object.
  bool is_oversized(std::size_t page_bytes) const noexcept;
  // Bytes of a table that suits the records and some more; 0: they fit into the object.
  std::size_t suitable_bytes(std::size_t page_bytes) const noexcept;
  // Bytes of the table that `more` further records may need; 0: there is room. However many they
  // are, as one table has room for as many again.
  std::size_t growth_bytes(std::size_t more, std::size_t page_bytes) const noexcept;
  // Moves the records to a table of fresh zero pages, or into the object if it is null, and returns
  // the record of the table before. Requires suitable_bytes() or more.
  page_record move_to(const page_record& table, std::size_t page_bytes) noexcept;

  // Requires that it is not full and that no record begins there.
  void add(const page_record& record) noexcept;
  // Takes out the record that begins at `data`; one of 0 pages if there is none. O(1).
  page_record remove(const std::byte* data) noexcept;

  // Calls visit(const page_record&) for every record, that of the table last.
  template <class Visit>
  void for_each(Visit visit) const {
    if (table_.data == nullptr) {
      for (std::size_t i = 0; i < size_; ++i)
        visit(few_[i]);
      return;
    }
    for (std::size_t i = 0; i < capacity_; ++i) {
      if (cells()[i].data != nullptr) visit(cells()[i]);
    }
    visit(table_);
  }

 private:
  page_record* cells() const noexcept { return reinterpret_cast<page_record*>(table_.data); }
  std::size_t home(const std::byte* data) const noexcept;

  std::size_t size_ = 0;
  std::size_t capacity_ = 0;  // cells of the table, a power of two
  page_record table_{};
  std::array<page_record, few> few_{};
};

}  // namespace nearmem
