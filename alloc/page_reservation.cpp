#include <algorithm>
#include <bit>
#include <limits>
#include <new>

#include <nearmem/alloc/page_owners.hpp>
#include <nearmem/alloc/page_reservation.hpp>
#include <nearmem/alloc/page_slot.hpp>

namespace nearmem {
namespace {

// Half of the 47 bits of address space that every 64-bit Linux gives a process, or more.
constexpr std::size_t most_slot_bytes = std::size_t{1} << 46;

std::size_t wished_slot_bytes(const machine& hardware, std::size_t asked) noexcept {
  std::size_t bytes = asked;
  if (bytes == 0) {
    for (const numa_node& node : hardware.nodes())
      bytes = std::max(bytes, node.bytes);
    // Where nobody knows how much there is, a gibibyte is enough to begin with.
    bytes = std::max(bytes, std::size_t{1} << 29);
    bytes = bytes > most_slot_bytes / 2 ? most_slot_bytes : 2 * bytes;
  }
  bytes = std::clamp(bytes, page_reservation::min_slot_bytes, most_slot_bytes);
  return std::bit_ceil(bytes);
}

}  // namespace

page_reservation::page_reservation(const machine& hardware, kernel& calls, std::size_t slot_bytes)
    : calls_(calls),
      slots_(hardware.nodes().size() + 1),
      slot_bytes_(wished_slot_bytes(hardware, slot_bytes)) {
  const std::size_t most = calls.reservable_bytes();
  while (slot_bytes_ > min_slot_bytes && slot_bytes_ > most / slots_)
    slot_bytes_ /= 2;
  while (!try_reserve()) {
    if (slot_bytes_ == min_slot_bytes) throw std::bad_alloc();
    slot_bytes_ /= 2;
  }
}

page_reservation::~page_reservation() {
  calls_.unreserve(books_.data, books_.bytes);
  calls_.unreserve(data_.data, data_.bytes);
}

bool page_reservation::try_reserve() noexcept {
  data_ = calls_.reserve(slots_ * slot_bytes_, chunk_bytes, kernel::access::none);
  if (data_.data == nullptr) return false;
  const std::size_t books =
      owners_bytes() + slots_ * page_slot::books_bytes(slot_chunks(), calls_.page_bytes());
  books_ = calls_.reserve(books, calls_.page_bytes(), kernel::access::zeros);
  if (books_.data != nullptr) return true;
  calls_.unreserve(data_.data, data_.bytes);
  return false;
}

std::size_t page_reservation::owners_bytes() const noexcept {
  return page_owners::bytes_for(slots_ * slot_chunks(), chunk_owners(), calls_.page_bytes());
}

std::byte* page_reservation::slot_books(std::size_t slot) const noexcept {
  return books_.data + owners_bytes() +
         slot * page_slot::books_bytes(slot_chunks(), calls_.page_bytes());
}

}  // namespace nearmem
