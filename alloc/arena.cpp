#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include <nearmem/alloc/account_usage.hpp>
#include <nearmem/alloc/arena.hpp>

namespace nearmem {
namespace {

std::uintptr_t begin_of(const arena_block& block) noexcept {
  return reinterpret_cast<std::uintptr_t>(block.run.data);
}

std::uintptr_t aligned_up(std::uintptr_t address, std::size_t alignment) noexcept {
  return (address + alignment - 1) & ~(alignment - 1);
}

}  // namespace

arena::arena(const arena_options& options)
    : retained_bytes_(options.retained_bytes),
      largest_block_bytes_(options.largest_block_bytes),
      least_alignment_(std::max<std::size_t>(options.cell_alignment, 1)),
      pages_(options) {
  expects(std::has_single_bit(least_alignment_) && least_alignment_ <= 4096,
          "arena: cell_alignment is not a power of two up to 4096");
  expects(std::has_single_bit(largest_block_bytes_) && largest_block_bytes_ >= first_block_bytes &&
              largest_block_bytes_ <= page_source::chunk_bytes,
          "arena: largest_block_bytes is not a power of two from 4096 to a chunk");
  listing_.begin();
}

void* arena::allocate_fallback(std::size_t bytes, std::size_t alignment) {
  alignment = std::max(alignment, least_alignment_);
  if (bytes > most_request_bytes || alignment > page_source::chunk_bytes) throw std::bad_alloc();
  void* address = place(bytes, alignment);
  if (address == nullptr) {
    arena_block* block = take_spare(bytes, alignment);
    if (block == nullptr) {
      page_grant grant;
      block = take_block(bytes, alignment, grant);
      // An allocation may free what is spare, then must fail.
      if (block == nullptr && trim() > 0) block = take_block(bytes, alignment, grant);
      if (block == nullptr) pages_.throw_failure(grant);
    }
    address = place_in(*block, bytes, alignment);
  }
  charged_.add(bytes);
  blocks_.add(1);
  return address;
}

// In the block that is being filled, or nullptr if there is no room.
void* arena::place(std::size_t bytes, std::size_t alignment) noexcept {
  if (newest_ == nullptr) return nullptr;
  const std::uintptr_t start = aligned_up(next_.load(std::memory_order_relaxed) - ahead, alignment);
  if (start + bytes > end() - ahead) return nullptr;
  next_.store(start + bytes + ahead, std::memory_order_release);
  return reinterpret_cast<void*>(start);
}

// In a block that is not in the chain yet. Requires room.
void* arena::place_in(arena_block& block, std::size_t bytes, std::size_t alignment) noexcept {
  const std::uintptr_t start = aligned_up(begin_of(block), alignment);
  const std::uintptr_t end = begin_of(block) + block.run.bytes;
  const std::uintptr_t room_there = end - (start + bytes);
  const std::uintptr_t next_here = next_.load(std::memory_order_relaxed);
  block.in_use = true;
  block.older = newest_;
  newest_ = &block;
  const std::size_t held_bytes = held_bytes_.get() + block.run.bytes;
  const std::size_t held_blocks = held_blocks_.get() + 1;
  if (block.older == nullptr || room_there > this->end() - next_here) {
    detour_bytes_ = 0;
    fill({begin_of(block) + ahead, start + bytes + ahead, end + ahead}, held_bytes, held_blocks);
  } else {
    fill({begin_, next_here, this->end()}, held_bytes, held_blocks);
  }
  return reinterpret_cast<void*>(start);
}

void arena::fill(const fill_place& where, std::size_t held_bytes,
                 std::size_t held_blocks) noexcept {
  const owner_version::change change(pages_.version);
  begin_ = where.begin;
  next_.store(where.next, std::memory_order_release);
  end_.store(where.end, std::memory_order_release);
  held_bytes_.set(held_bytes);
  held_blocks_.set(held_blocks);
  // Who asked for more alignment than calls ask for takes the slow path, so that nobody else pays.
  limit_ = newest_ == nullptr || least_alignment_ > 1 ? 0 : where.end;
}

arena_block* arena::take_spare(std::size_t bytes, std::size_t alignment) noexcept {
  for (arena_block** link = &spares_; *link != nullptr; link = &(*link)->older) {
    arena_block* block = *link;
    if (aligned_up(begin_of(*block), alignment) + bytes > begin_of(*block) + block->run.bytes) {
      continue;
    }
    *link = block->older;
    spare_bytes_ -= block->run.bytes;
    return block;
  }
  return nullptr;
}

arena_block* arena::take_block(std::size_t bytes, std::size_t alignment,
                               page_grant& grant) noexcept {
  const std::size_t next_bytes =
      std::clamp(std::bit_floor(held_bytes_.get() + spare_bytes_), first_block_bytes,
                 std::min(pages_.quantum(), largest_block_bytes_));
  const std::size_t wanted = std::max<std::size_t>(bytes, 1);
  arena_block* block = make_record(grant);
  if (block == nullptr) {
    grant.also_needs(aligned_up(wanted, first_block_bytes));
    return nullptr;
  }
  // A new block to fill loses the room in the old one; a block of the request's own loses the rest
  // of its last page. Detours around the old block are taken until they have lost as much as it
  // has room: at most twice what the better choice would have lost.
  const std::size_t detour = aligned_up(wanted, first_block_bytes) - wanted;
  const std::size_t room = end() - next_.load(std::memory_order_relaxed);
  bool shared = newest_ == nullptr;
  if (!shared && wanted <= next_bytes / 4) {
    shared = detour_bytes_ + detour >= room;
    if (!shared) detour_bytes_ += detour;
  }
  grant = pages_.acquire(shared ? std::max(wanted, next_bytes) : wanted, alignment);
  // What does not fit a budget as a generous block may fit it as a small one.
  if (!grant.run && shared) grant = pages_.acquire(wanted, alignment);
  if (!grant.run) {
    const std::size_t before = pages_.footprint();
    drop_record(block);
    grant.also_needs(before - pages_.footprint());
    return nullptr;
  }
  block->account = &pages_;
  block->use = run_use::arena_block;
  block->run = grant.run;
  // Only checks ask whose an address of an arena is.
  if constexpr (build_checks != check_level::fast) {
    pages_.source().set_owner(block->run, static_cast<run_owner*>(block));
  }
  return block;
}

std::size_t arena::acquisition_bound(std::size_t bytes) const noexcept {
  const std::size_t block =
      std::max(first_block_bytes, std::min(pages_.quantum(), largest_block_bytes_));
  return pages_.acquisition_bound(std::max(bytes, block), 1, sizeof(arena_block));
}

arena_block* arena::make_record(page_grant& why) noexcept {
  for (arena_block& record : first_records_) {
    if (!record.run) return &record;
  }
  void* memory = pages_.make_descriptor(sizeof(arena_block), why);
  return memory == nullptr ? nullptr : new (memory) arena_block();
}

void arena::drop_record(arena_block* record) noexcept {
  if (record >= first_records_.data() && record < first_records_.data() + first_records_.size()) {
    *record = arena_block();
  } else {
    pages_.drop_descriptor(record, sizeof(arena_block));
  }
}

void arena::give_back(arena_block* block) noexcept {
  const page_run run = block->run;
  drop_record(block);
  pages_.release(run);
}

// Gives back the blocks from `newest` to before `last_kept`, which nobody counts any more.
void arena::drop_chain(arena_block* newest, arena_block* last_kept,
                       std::size_t retained_bytes) noexcept {
  while (newest != last_kept) {
    arena_block* block = std::exchange(newest, newest->older);
    block->in_use = false;
    if (spare_bytes_ + block->run.bytes > retained_bytes) {
      give_back(block);
      continue;
    }
    if constexpr (build_checks == check_level::hardened) {
      std::memset(block->run.data, 0xdd, block->run.bytes);
    }
    block->older = spares_;
    spares_ = block;
    spare_bytes_ += block->run.bytes;
  }
}

arena::marker arena::mark() const noexcept {
  marker mark;
  mark.of_ = this;
  mark.newest_ = newest_;
  mark.begin_ = begin_;
  mark.next_ = next_.load(std::memory_order_relaxed);
  mark.end_ = end();
  mark.held_bytes_ = held_bytes_.get();
  mark.held_blocks_ = held_blocks_.get();
  mark.charged_ = charged_.get();
  mark.blocks_ = blocks_.get();
  mark.position_ = memory_usage();
  mark.time_ = history_.time();
  return mark;
}

void arena::rewind(const marker& to) noexcept {
  expects(to.of_ == this, "arena: rewound to a mark of another arena");
  expects(!history_.is_stale(to) && to.position_ <= memory_usage(),
          "arena: rewound to a mark that an earlier rewind, reset or release has passed");
  // What is charged shrinks before what it is charged for.
  charged_.set(to.charged_);
  blocks_.set(to.blocks_);
  arena_block* const newest = std::exchange(newest_, to.newest_);
  fill({to.begin_, to.next_, to.end_}, to.held_bytes_, to.held_blocks_);
  drop_chain(newest, newest_, retained_bytes_);
  if constexpr (build_checks == check_level::hardened) {
    std::memset(reinterpret_cast<void*>(to.next_ - ahead), 0xdd, to.end_ - to.next_);
  }
  history_.note_rewind(to.position_);
}

void arena::reset_keeping(std::size_t retained_bytes) noexcept {
  charged_.set(0);
  blocks_.set(0);
  arena_block* const newest = std::exchange(newest_, nullptr);
  fill({}, 0, 0);
  drop_chain(newest, nullptr, retained_bytes);
  // Of what was spare already there may be more, where arenas share a limit.
  trim_to(retained_bytes);
  history_.note_rewind(0);
}

std::size_t arena::trim_to(std::size_t retained_bytes) noexcept {
  const std::size_t before = spare_bytes_;
  while (spare_bytes_ > retained_bytes) {
    arena_block* block = spares_;
    spares_ = block->older;
    spare_bytes_ -= block->run.bytes;
    give_back(block);
  }
  return before - spare_bytes_;
}

arena::fill_state arena::places() const noexcept {
  return pages_.version.read([this] {
    fill_state state;
    state.next = next_.load(std::memory_order_acquire);
    state.end = end_.load(std::memory_order_acquire);
    state.held_bytes = held_bytes_.get();
    state.held_blocks = held_blocks_.get();
    // Words of different instants are settled: next <= end, and what is free lies in what is held.
    state.next = std::min(state.next, state.end);
    state.used_bytes = state.held_bytes - std::min(state.held_bytes, state.end - state.next);
    return state;
  });
}

void arena::describe(resource_description& into) const {
  const fill_state state = places();
  arena_usage line;
  line.blocks = state.held_bytes == 0 ? 0 : std::max<std::size_t>(state.held_blocks, 1);
  line.block_bytes = state.held_bytes;
  line.used_bytes = state.used_bytes;
  if (line.block_bytes > 0) {
    line.cursor = reinterpret_cast<const void*>(state.next - ahead);
    line.end = reinterpret_cast<const void*>(state.end - ahead);
  }
  into.kind = "arena";
  into.where = options().where;
  into.arenas.push_back(std::move(line));
}

resource_usage arena::usage() const noexcept {
  // Its blocks, read before the pages that they lie in.
  resource_usage usage =
      pages_.version.read([this] { return account_usage(pages_, charged_.get(), blocks_.get()); });
  usage.requested = usage.charged;
  return usage;
}

void arena::forget(void* address, std::size_t bytes, std::size_t alignment) noexcept {
  if constexpr (build_checks != check_level::fast) expect_handed_out(address, bytes, alignment);
  charged_.subtract(bytes);
  blocks_.subtract(1);
  if constexpr (build_checks == check_level::hardened) std::memset(address, 0xdd, bytes);
  // The last one handed out makes room again: strings and vectors that grow last profit. Not the
  // last one of the block before, even if the two touch.
  const std::uintptr_t start = reinterpret_cast<std::uintptr_t>(address) + ahead;
  if (bytes > 0 && start + bytes == next_.load(std::memory_order_relaxed) && start >= begin_) {
    next_.store(start, std::memory_order_release);
  }
}

void arena::expect_handed_out(const void* address, std::size_t bytes,
                              std::size_t alignment) noexcept {
  const auto* block =
      static_cast<const arena_block*>(owner_in(pages_, run_use::arena_block, address));
  expects(block != nullptr && block->in_use,
          "arena: deallocated what is not of this arena, or what release or reset took back");
  const std::uintptr_t start = reinterpret_cast<std::uintptr_t>(address);
  const std::uintptr_t block_end = begin_of(*block) + block->run.bytes;
  const bool filled_here = end() - ahead == block_end;
  const std::uintptr_t end =
      filled_here ? next_.load(std::memory_order_relaxed) - ahead : block_end;
  expects(start + bytes <= end && bytes <= charged_.get() && blocks_.get() > 0,
          "arena: deallocated more than was handed out, or twice");
  expects((start & (alignment - 1)) == 0, "arena: deallocated with another alignment");
}

bool arena::audit() const noexcept {
  const std::uintptr_t next = next_.load(std::memory_order_relaxed);
  std::size_t held = 0;
  std::size_t blocks = 0;
  bool filling = newest_ == nullptr && begin_ == ahead && next == ahead && end() == ahead;
  for (const arena_block* block = newest_; block != nullptr; block = block->older) {
    held += block->run.bytes;
    ++blocks;
    if (!block->in_use || block->account != &pages_) return false;
    const std::uintptr_t begin = begin_of(*block) + ahead;
    if (begin == begin_ && end() == begin + block->run.bytes && next >= begin && next <= end()) {
      filling = true;
    }
  }
  std::size_t spare = 0;
  for (const arena_block* block = spares_; block != nullptr; block = block->older) {
    spare += block->run.bytes;
    if (block->in_use || block->account != &pages_) return false;
  }
  return filling && held == held_bytes_.get() && blocks == held_blocks_.get() &&
         spare == spare_bytes_ && footprint() == held + spare + pages_.metadata() &&
         memory_usage() == held - (end() - next) && charged_.get() <= memory_usage() &&
         memory_usage() <= footprint();
}

}  // namespace nearmem
