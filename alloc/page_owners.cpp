#include <nearmem/alloc/page_owners.hpp>

namespace nearmem {

page_owners::page_owners(kernel& calls, std::byte* at, std::size_t chunks,
                         std::size_t pages_of_chunk, std::atomic<std::size_t>& committed)
    : calls_(calls),
      at_(at),
      chunk_bytes_(pages_of_chunk * sizeof(void*)),
      page_bytes_(calls.page_bytes()),
      committed_(committed) {
  if (chunk_bytes_ < page_bytes_) {
    const std::size_t shared_pages = bytes_for(chunks, pages_of_chunk, page_bytes_) / page_bytes_;
    holders_ = std::make_unique<std::uint32_t[]>(shared_pages);
  }
}

std::size_t page_owners::bytes_for(std::size_t chunks, std::size_t pages_of_chunk,
                                   std::size_t page_bytes) noexcept {
  return (chunks * pages_of_chunk * sizeof(void*) + page_bytes - 1) & ~(page_bytes - 1);
}

int page_owners::commit(std::byte* data, std::size_t bytes) noexcept {
  if (int error = calls_.open(data, bytes); error != 0) return error;
  if (int error = calls_.populate(data, bytes); error != 0) {
    calls_.purge(data, bytes);
    return error;
  }
  committed_.fetch_add(bytes, std::memory_order_relaxed);
  return 0;
}

int page_owners::hold(std::size_t chunk) noexcept {
  if (!holders_) return commit(at_ + chunk * chunk_bytes_, chunk_bytes_);
  const std::lock_guard lock(shared_mutex_);
  const std::size_t page = chunk * chunk_bytes_ / page_bytes_;
  if (holders_[page] == 0) {
    if (int error = commit(at_ + page * page_bytes_, page_bytes_); error != 0) return error;
  }
  ++holders_[page];
  return 0;
}

void page_owners::drop(std::size_t chunk) noexcept {
  std::byte* data = at_ + chunk * chunk_bytes_;
  std::size_t bytes = chunk_bytes_;
  if (holders_) {
    const std::lock_guard lock(shared_mutex_);
    const std::size_t page = chunk * chunk_bytes_ / page_bytes_;
    if (--holders_[page] != 0) return;
    data = at_ + page * page_bytes_;
    bytes = page_bytes_;
    calls_.purge(data, bytes);
  } else {
    calls_.purge(data, bytes);
  }
  committed_.fetch_sub(bytes, std::memory_order_relaxed);
}

}  // namespace nearmem
