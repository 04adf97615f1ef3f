#include <algorithm>
#include <bit>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/page_descriptors.hpp>

namespace nearmem {
namespace {

// `count` ones from bit `first` on; count >= 1.
constexpr std::uint64_t ones(std::size_t first, std::size_t count) noexcept {
  return (~std::uint64_t{0} >> (64 - count)) << first;
}

}  // namespace

// Each step shortens every row of free units by one: the last to vanish was the longest.
std::size_t page_descriptors::longest_row(std::uint64_t taken) noexcept {
  std::uint64_t free = ~taken;
  std::size_t length = 0;
  while (free != 0) {
    free &= free >> 1;
    ++length;
  }
  return length;
}

std::size_t page_descriptors::find(std::uint64_t taken, std::size_t count) noexcept {
  std::uint64_t free = ~taken;
  for (std::size_t left = count - 1; left != 0;) {
    const std::size_t step = std::min(left, std::max<std::size_t>((count - left), 1));
    free &= free >> step;
    left -= step;
  }
  return free == 0 ? units : static_cast<std::size_t>(std::countr_zero(free));
}

void page_descriptors::file(header* page) noexcept {
  const std::size_t longest = longest_row(page->taken);
  page->row = no_row;
  if (longest == 0) return;
  page->row = static_cast<std::uint32_t>(std::bit_width(longest)) - 1;
  page->previous = nullptr;
  page->next = rows_[page->row];
  if (page->next != nullptr) page->next->previous = page;
  rows_[page->row] = page;
}

void page_descriptors::unfile(header* page) noexcept {
  if (page->row == no_row) return;
  if (page->previous != nullptr) page->previous->next = page->next;
  if (page->next != nullptr) page->next->previous = page->previous;
  if (rows_[page->row] == page) rows_[page->row] = page->next;
}

void* page_descriptors::make(descriptor_pages& pages, std::size_t bytes, page_grant& why) noexcept {
  const std::size_t unit = pages.page_bytes() / units;
  const std::size_t count = std::max<std::size_t>((bytes + unit - 1) / unit, 1);
  if (count >= units) {
    why = pages.take_metadata(bytes);
    return why.run.data;
  }
  // Every page of these lists has a row that is long enough; of the list before, the first may.
  const auto sure = static_cast<std::size_t>(std::bit_width(count - 1));
  header* page = nullptr;
  if (sure > 0) {
    header* perhaps = rows_[sure - 1];
    if (perhaps != nullptr && find(perhaps->taken, count) != units) page = perhaps;
  }
  for (std::size_t row = sure; page == nullptr && row < no_row; ++row)
    page = rows_[row];
  if (page == nullptr) {
    why = pages.take_metadata(pages.page_bytes());
    if (!why.run) return nullptr;
    page = reinterpret_cast<header*>(why.run.data);
    *page = {1, nullptr, nullptr, this, no_row};
  }
  unfile(page);
  const std::size_t first = find(page->taken, count);
  page->taken |= ones(first, count);
  file(page);
  why.failure = page_failure::none;
  return reinterpret_cast<std::byte*>(page) + first * unit;
}

void page_descriptors::drop(descriptor_pages& pages, void* descriptor, std::size_t bytes) noexcept {
  const std::size_t page_bytes = pages.page_bytes();
  const std::size_t unit = page_bytes / units;
  const std::size_t count = std::max<std::size_t>((bytes + unit - 1) / unit, 1);
  auto* const data = static_cast<std::byte*>(descriptor);
  if (count >= units) {
    pages.give_metadata({data, (bytes + page_bytes - 1) & ~(page_bytes - 1)});
    return;
  }
  const std::size_t offset = reinterpret_cast<std::uintptr_t>(data) & (page_bytes - 1);
  auto* const page = reinterpret_cast<header*>(data - offset);
  const std::uint64_t mask = ones(offset / unit, count);
  expects(offset % unit == 0 && (page->taken & mask) == mask && (mask & 1) == 0,
          "drop_descriptor: not a descriptor of so many bytes");
  page->filed_by->unfile(page);
  page->taken &= ~mask;
  if (page->taken == 1) {
    pages.give_metadata({data - offset, page_bytes});
  } else {
    page->filed_by->file(page);
  }
}

}  // namespace nearmem
