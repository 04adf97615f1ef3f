#include <algorithm>
#include <bit>
#include <cerrno>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/page_slot.hpp>

namespace nearmem {
namespace {

std::size_t size_step(std::size_t pages) noexcept {
  return static_cast<std::size_t>(std::bit_width(pages)) - 1;
}

}  // namespace

page_slot::page_slot(kernel& calls, page_owners& owners, std::byte* base, std::size_t first_chunk,
                     std::size_t chunks, std::size_t chunk_bytes, std::byte* books,
                     const memory_policy& policy, std::atomic<std::size_t>& committed) noexcept
    : calls_(calls),
      owners_(owners),
      base_(base),
      first_chunk_(first_chunk),
      capacity_(chunks),
      chunk_bytes_(chunk_bytes),
      page_bytes_(calls.page_bytes()),
      chunk_pages_(chunk_bytes / page_bytes_),
      policy_(policy),
      index_(calls, books, chunks, committed),
      chunks_(calls, books + page_table<index_word>::bytes_for(chunks, page_bytes_), chunks,
              committed) {
  if (policy_.what == memory_policy::kind::default_) told_.store(0, std::memory_order_relaxed);
}

std::size_t page_slot::books_bytes(std::size_t chunks, std::size_t page_bytes) noexcept {
  return page_table<index_word>::bytes_for(chunks, page_bytes) +
         page_table<page_chunk>::bytes_for(chunks, page_bytes);
}

int page_slot::prepare() noexcept {
  if (const int told = told_.load(std::memory_order_acquire); told != untold) return told;
  const std::lock_guard lock(mutex_);
  if (const int told = told_.load(std::memory_order_relaxed); told != untold) return told;
  const int answer = calls_.set_policy(base_, capacity_ * chunk_bytes_, policy_);
  if (answer == 0) {
    // The books of a slot lie beside its pages; where they cannot, nothing is lost but speed.
    calls_.set_policy(index_.data(), books_bytes(capacity_, page_bytes_), policy_);
  }
  // A node may come, and address space become free; a forbidden call stays forbidden.
  if (answer == 0 || answer == EPERM || answer == ENOSYS) {
    told_.store(answer, std::memory_order_release);
  }
  return answer;
}

cut_result page_slot::cut(const cut_request& request) noexcept {
  if (request.pages > capacity_ * chunk_pages_) return {nullptr, page_failure::address_space, 0};
  const std::lock_guard lock(mutex_);
  return request.pages < chunk_pages_ && !request.huge_pages ? cut_small(request)
                                                             : cut_chunks(request);
}

cut_result page_slot::cut_small(const cut_request& request) noexcept {
  const std::size_t step = size_step(request.pages);
  std::uint32_t& from = room_from_[static_cast<std::size_t>(request.use)][step];
  // Whether every chunk passed over lacks room for 2^step pages, and may be skipped next time.
  bool all_full = std::has_single_bit(request.pages);
  for (std::size_t chunk = from; chunk < used_to_; ++chunk) {
    index_word& word = index_[chunk];
    if (word.use != request.use || word.huge_pages) continue;
    if (word.room >= request.pages) {
      const bool same =
          request.use != chunk_use::interleaved ||
          (chunks_[chunk].over == request.over && chunks_[chunk].weights == request.weights);
      if (same) {
        const std::size_t first = chunks_[chunk].find(request.pages, request.step, chunk_pages_);
        if (first != chunk_pages_) {
          if (all_full) from = static_cast<std::uint32_t>(chunk);
          take(chunk, first, request.pages);
          return {chunk_data(chunk) + first * page_bytes_, page_failure::none, 0};
        }
        if (request.step == 1) word.room = static_cast<std::uint16_t>(request.pages - 1);
      }
      all_full = all_full && same && request.step == 1;
    }
  }
  if (all_full) from = static_cast<std::uint32_t>(used_to_);
  return cut_chunks(request);
}

cut_result page_slot::cut_chunks(const cut_request& request) noexcept {
  const std::size_t count = (request.pages + chunk_pages_ - 1) / chunk_pages_;
  const std::size_t begin = find_free(count);
  if (begin == capacity_) return {nullptr, page_failure::address_space, 0};
  if (index_.grow(begin + count) != 0 || chunks_.grow(begin + count) != 0) {
    return {nullptr, page_failure::memory, 0};
  }
  used_to_ = std::max(used_to_, begin + count);
  for (std::size_t opened = 0; opened < count; ++opened) {
    if (const int error = open_chunk(begin + opened, request); error != 0) {
      const bool by_policy = chunks_[begin + opened].use != chunk_use::none;
      if (by_policy) close_chunk(begin + opened);
      while (opened-- > 0)
        close_chunk(begin + opened);
      return {nullptr, page_failure::memory, by_policy ? error : 0};
    }
  }
  std::size_t left = request.pages;
  for (std::size_t chunk = begin; left != 0; ++chunk) {
    const std::size_t here = std::min(left, chunk_pages_);
    take(chunk, 0, here);
    left -= here;
  }
  // A search for one chunk saw that all before it are in use.
  if (count == 1 || free_from_ == begin) free_from_ = begin + count;
  return {chunk_data(begin), page_failure::none, 0};
}

std::size_t page_slot::find_free(std::size_t count) const noexcept {
  std::size_t row = 0;
  for (std::size_t chunk = free_from_; chunk < used_to_; ++chunk) {
    row = index_[chunk].use == chunk_use::none ? row + 1 : 0;
    if (row == count) return chunk + 1 - count;
  }
  // The row may go on where no chunk was ever used.
  const std::size_t begin = used_to_ - row;
  return capacity_ - begin >= count ? begin : capacity_;
}

int page_slot::open_chunk(std::size_t chunk, const cut_request& request) noexcept {
  page_chunk& record = chunks_[chunk];
  if (!record.opened) {
    if (int error = calls_.open(chunk_data(chunk), chunk_bytes_); error != 0) return error;
    record.opened = true;
  }
  if (int error = owners_.hold(first_chunk_ + chunk); error != 0) return error;
  record.use = request.use;
  index_[chunk] = {static_cast<std::uint16_t>(chunk_pages_), request.use, request.huge_pages};
  for (std::uint32_t& from : room_from_[static_cast<std::size_t>(request.use)]) {
    from = std::min(from, static_cast<std::uint32_t>(chunk));
  }
  // A kernel without huge pages refuses, and small ones do as well.
  if (record.huge_pages != request.huge_pages) {
    calls_.huge_pages(chunk_data(chunk), chunk_bytes_, request.huge_pages);
    record.huge_pages = request.huge_pages;
  }
  return apply_policy(chunk, request);
}

int page_slot::apply_policy(std::size_t chunk, const cut_request& request) noexcept {
  page_chunk& record = chunks_[chunk];
  if (request.use == chunk_use::interleaved) {
    record.over = request.over;
    record.weights = request.weights;
    memory_policy turns{request.weights == nullptr ? memory_policy::kind::interleave
                                                   : memory_policy::kind::weighted_interleave,
                        request.over};
    if (request.huge_pages) {
      // Chunks take turns, whether or not the kernel finds a huge page for each.
      turns = {memory_policy::kind::preferred, {spread_of_chunk(chunk).node_of(chunk_data(chunk))}};
    }
    const int error = calls_.set_policy(chunk_data(chunk), chunk_bytes_, turns);
    // Out of memory halfway, the kernel may have changed a part; a plain refusal changes nothing.
    record.special_policy = record.special_policy || error == 0 || error == ENOMEM;
    return error;
  }
  if (!record.special_policy) return 0;
  // What a former use could not undo when it ended.
  const int error = calls_.set_policy(chunk_data(chunk), chunk_bytes_, policy_);
  if (error == 0) record.special_policy = false;
  return error;
}

void page_slot::close_chunk(std::size_t chunk) noexcept {
  page_chunk& record = chunks_[chunk];
  if (record.special_policy && calls_.set_policy(chunk_data(chunk), chunk_bytes_, policy_) == 0) {
    record.special_policy = false;
  }
  if (record.huge_pages && calls_.huge_pages(chunk_data(chunk), chunk_bytes_, false) == 0) {
    record.huge_pages = false;
  }
  owners_.drop(first_chunk_ + chunk);
  record.use = chunk_use::none;
  index_[chunk] = {};
  free_from_ = std::min(free_from_, chunk);
}

void page_slot::take(std::size_t chunk, std::size_t first, std::size_t count) noexcept {
  page_chunk& record = chunks_[chunk];
  record.take(first, count);
  const std::size_t free = chunk_pages_ - record.taken_pages;
  index_[chunk].room = static_cast<std::uint16_t>(std::min<std::size_t>(index_[chunk].room, free));
  taken_pages_.fetch_add(count, std::memory_order_relaxed);
}

void page_slot::give_back(page_run run) noexcept {
  const std::lock_guard lock(mutex_);
  for_chunks(run, [this](std::size_t chunk, std::size_t first, std::size_t count) noexcept {
    page_chunk& record = chunks_[chunk];
    record.give_back(first, count);
    taken_pages_.fetch_sub(count, std::memory_order_relaxed);
    if (record.taken_pages == 0) {
      close_chunk(chunk);
      return;
    }
    // An upper bound: the next search that fails here lowers it to the truth.
    const std::size_t room = chunk_pages_ - record.taken_pages;
    index_[chunk].room = static_cast<std::uint16_t>(room);
    auto& from = room_from_[static_cast<std::size_t>(record.use)];
    for (std::size_t step = 0; step <= size_step(room); ++step) {
      from[step] = std::min(from[step], static_cast<std::uint32_t>(chunk));
    }
  });
}

int page_slot::bind_begin(page_run run) noexcept {
  binding_mutex_.lock();
  const std::lock_guard lock(mutex_);
  int error = 0;
  for_chunks(run, [this, &error](std::size_t chunk, std::size_t, std::size_t) noexcept {
    page_chunk& record = chunks_[chunk];
    if (error == 0 && record.special_policy) {
      error = calls_.set_policy(chunk_data(chunk), chunk_bytes_, policy_);
      if (error == 0) record.special_policy = false;
    }
  });
  return error;
}

int page_slot::bind_end(page_run run, bool bind) noexcept {
  int error = 0;
  {
    const std::lock_guard lock(mutex_);
    const memory_policy strict{memory_policy::kind::bind, policy_.nodes};
    for_chunks(run, [&](std::size_t chunk, std::size_t, std::size_t count) noexcept {
      page_chunk& record = chunks_[chunk];
      // A chunk that holds other bound runs becomes strict again in any case.
      if (!bind && record.taken_pages == count) return;
      const int answer = calls_.set_policy(chunk_data(chunk), chunk_bytes_, strict);
      if (answer == 0) record.special_policy = true;
      if (answer != 0 && error == 0) error = answer;
    });
  }
  binding_mutex_.unlock();
  return error;
}

page_spread page_slot::spread_of_chunk(std::size_t chunk) const noexcept {
  const page_chunk& record = chunks_[chunk];
  // Chunks of huge pages take the turns that apply_policy() gives them.
  const bool huge = index_[chunk].huge_pages;
  const auto shift = static_cast<unsigned>(std::countr_zero(huge ? chunk_bytes_ : page_bytes_));
  return {record.over, shift, huge ? 64 : turn_bits_, record.weights};
}

std::optional<page_spread> page_slot::spread_of(page_run run) const noexcept {
  const std::lock_guard lock(mutex_);
  const auto chunk = static_cast<std::size_t>(run.data - base_) / chunk_bytes_;
  if (chunks_[chunk].use != chunk_use::interleaved) return std::nullopt;
  return spread_of_chunk(chunk);
}

bool page_slot::holds(page_run run) const noexcept {
  const std::lock_guard lock(mutex_);
  bool all = true;
  for_chunks(run, [this, &all](std::size_t chunk, std::size_t first, std::size_t count) noexcept {
    all = all && chunk < used_to_ && chunks_[chunk].all_taken(first, count);
  });
  return all;
}

bool page_slot::audit() const noexcept {
  const std::lock_guard lock(mutex_);
  std::size_t taken = 0;
  for (std::size_t chunk = 0; chunk < used_to_; ++chunk) {
    const page_chunk& record = chunks_[chunk];
    const index_word& word = index_[chunk];
    std::size_t bits = 0;
    for (const std::uint64_t part : record.taken)
      bits += static_cast<std::size_t>(std::popcount(part));
    taken += bits;
    if (bits != record.taken_pages || word.use != record.use) return false;
    if ((word.use == chunk_use::none) != (bits == 0)) return false;
    if (word.use == chunk_use::none && chunk < free_from_) return false;
    if (word.use == chunk_use::none || word.huge_pages) continue;
    if (word.room < chunk_pages_ && record.find(word.room + 1U, 1, chunk_pages_) != chunk_pages_) {
      return false;
    }
    for (std::size_t step = 0; step < size_steps; ++step) {
      if (chunk < room_from_[static_cast<std::size_t>(word.use)][step] &&
          record.find(std::size_t{1} << step, 1, chunk_pages_) != chunk_pages_) {
        return false;
      }
    }
  }
  return taken == taken_pages();
}

void page_slot::lock() noexcept {
  binding_mutex_.lock();
  mutex_.lock();
}

void page_slot::unlock() noexcept {
  mutex_.unlock();
  binding_mutex_.unlock();
}

template <class Visit>
void page_slot::for_chunks(page_run run, Visit visit) const noexcept {
  std::size_t page = static_cast<std::size_t>(run.data - base_) / page_bytes_;
  std::size_t left = run.bytes / page_bytes_;
  while (left != 0) {
    const std::size_t first = page % chunk_pages_;
    const std::size_t count = std::min(left, chunk_pages_ - first);
    visit(page / chunk_pages_, first, count);
    page += count;
    left -= count;
  }
}

}  // namespace nearmem
