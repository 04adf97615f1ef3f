#include <algorithm>
#include <bit>

#include <nearmem/alloc/page_ledger.hpp>

namespace nearmem {

bool page_ledger::is_full() const noexcept {
  return table_.data == nullptr ? size_ == few : size_ >= capacity_ / 4 * 3;
}

bool page_ledger::is_oversized(std::size_t page_bytes) const noexcept {
  if (table_.data == nullptr) return false;
  if (size_ <= few / 2) return true;
  return table_.pages > 1 && suitable_bytes(page_bytes) <= table_.pages * page_bytes / 4;
}

std::size_t page_ledger::suitable_bytes(std::size_t page_bytes) const noexcept {
  if (size_ <= few / 2) return 0;
  // Half full, so that as many may come as there are before the next one.
  return std::max(page_bytes, std::bit_ceil(2 * (size_ + 1) * sizeof(page_record)));
}

std::size_t page_ledger::growth_bytes(std::size_t more, std::size_t page_bytes) const noexcept {
  const std::size_t room = table_.data == nullptr ? few : capacity_ / 4 * 3;
  if (size_ <= room && more <= room - size_) return 0;
  return std::max(page_bytes, std::bit_ceil(2 * (std::max(size_, room) + 1) * sizeof(page_record)));
}

page_record page_ledger::move_to(const page_record& table, std::size_t page_bytes) noexcept {
  const page_ledger before = *this;
  *this = page_ledger{};
  table_ = table;
  capacity_ = table.pages * page_bytes / sizeof(page_record);
  if (before.table_.data == nullptr) {
    for (std::size_t i = 0; i < before.size_; ++i)
      add(before.few_[i]);
  } else {
    for (std::size_t i = 0; i < before.capacity_; ++i) {
      if (before.cells()[i].data != nullptr) add(before.cells()[i]);
    }
  }
  return before.table_;
}

std::size_t page_ledger::home(const std::byte* data) const noexcept {
  // Runs begin at pages: their low bits say nothing. Fibonacci hashing spreads the others.
  const std::uint64_t page = reinterpret_cast<std::uintptr_t>(data) >> 12;
  const int bits = std::countr_zero(capacity_);
  return static_cast<std::size_t>((page * 0x9E3779B97F4A7C15U) >> (64 - bits));
}

void page_ledger::add(const page_record& record) noexcept {
  if (table_.data == nullptr) {
    few_[size_] = record;
  } else {
    std::size_t at = home(record.data);
    while (cells()[at].data != nullptr)
      at = (at + 1) & (capacity_ - 1);
    cells()[at] = record;
  }
  ++size_;
}

page_record page_ledger::remove(const std::byte* data) noexcept {
  if (table_.data == nullptr) {
    for (std::size_t i = 0; i < size_; ++i) {
      if (few_[i].data != data) continue;
      const page_record found = few_[i];
      few_[i] = few_[--size_];
      return found;
    }
    return {};
  }
  const std::size_t mask = capacity_ - 1;
  std::size_t hole = home(data);
  while (cells()[hole].data != data) {
    if (cells()[hole].data == nullptr) return {};
    hole = (hole + 1) & mask;
  }
  const page_record found = cells()[hole];
  // Records behind the hole move up, unless that would put them before their home.
  for (std::size_t at = (hole + 1) & mask; cells()[at].data != nullptr; at = (at + 1) & mask) {
    const std::size_t distance = (at - home(cells()[at].data)) & mask;
    if (distance < ((at - hole) & mask)) continue;
    cells()[hole] = cells()[at];
    hole = at;
  }
  cells()[hole] = {};
  --size_;
  return found;
}

}  // namespace nearmem
