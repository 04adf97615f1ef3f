#include <algorithm>
#include <bit>
#include <utility>

#include <nearmem/alloc/page_probe.hpp>
#include <nearmem/alloc/page_source_state.hpp>
#include <nearmem/topology/this_thread.hpp>

namespace nearmem {

page_source::page_source(machine hardware, kernel& calls, std::size_t slot_bytes)
    : state_(std::make_unique<state>(std::move(hardware), calls, slot_bytes)) {
  base_ = reinterpret_cast<std::uintptr_t>(state_->reservation.data());
  bytes_ = state_->reservation.bytes();
  owners_ = state_->owners.words();
  homes_ = state_->homes.data();
  homes_count_ = state_->homes.size();
  page_shift_ = static_cast<unsigned>(std::countr_zero(calls.page_bytes()));
  slot_shift_ = static_cast<unsigned>(std::countr_zero(state_->reservation.slot_bytes()));
}

page_source::~page_source() {
  expects(state_->out_bytes.load(std::memory_order_relaxed) == 0,
          "page_source: destroyed while runs are out");
}

const nearmem::machine& page_source::hardware() const noexcept {
  return state_->hardware;
}

kernel& page_source::calls() const noexcept {
  return state_->calls;
}

binding_outcome page_source::probe(const placement& where) const noexcept {
  return probe_placement(state_->calls, state_->hardware, state_->policy, where);
}

node_id page_source::wanted_node(const placement& where) const noexcept {
  switch (where.what()) {
    case placement::kind::preferred:
    case placement::kind::bind:
      return where.node();
    case placement::kind::interleave:
    case placement::kind::weighted_interleave: {
      node_set over = where.nodes();
      over &= state_->policy.serving();
      return over.empty() ? state_->policy.nearest(this_thread::node(state_->hardware))
                          : *over.begin();
    }
    case placement::kind::first_touch:
      return state_->policy.nearest(this_thread::node(state_->hardware));
    case placement::kind::local:
      break;
  }
  return state_->policy.local(this_thread::node(state_->hardware));
}

std::optional<std::size_t> page_source::run_bytes(const page_request& request) const noexcept {
  const std::size_t unit = request.huge_pages ? chunk_bytes : page_bytes();
  if (request.bytes > slot_bytes()) return std::nullopt;
  return (std::max<std::size_t>(request.bytes, 1) + unit - 1) & ~(unit - 1);
}

page_grant page_source::acquire(const page_request& request) noexcept {
  expects(std::has_single_bit(request.alignment), "acquire: the alignment is no power of two");
  const std::optional<std::size_t> bytes = run_bytes(request);
  if (!bytes || request.alignment > chunk_bytes) {
    return {
        .node = {}, .wanted = wanted_node(request.where), .failure = page_failure::address_space};
  }
  cut_request cut;
  cut.pages = *bytes >> page_shift_;
  cut.step = std::max<std::size_t>(request.alignment >> page_shift_, 1);
  cut.huge_pages = request.huge_pages;
  switch (request.where.what()) {
    case placement::kind::bind:
      return state_->bound(cut, request.where.node());
    case placement::kind::interleave:
    case placement::kind::weighted_interleave:
    case placement::kind::first_touch:
      return state_->homeless(cut, request.where);
    case placement::kind::local:
      if (!state_->policy.local_turns().empty()) return state_->homeless(cut, request.where);
      break;
    case placement::kind::preferred:
      break;
  }
  return state_->near(cut, request.where, wanted_node(request.where));
}

void page_source::release(page_run run) noexcept {
  if (!run) return;
  expects(contains(run.data) && run.bytes != 0 && run.bytes % page_bytes() == 0 &&
              run.bytes <= slot_bytes() && offset_of(run.data) % page_bytes() == 0,
          "release: not a run of this page source");
  page_slot& slot = *state_->slots[offset_of(run.data) >> slot_shift_];
  if constexpr (build_checks != check_level::fast) {
    expects(slot.holds(run), "release: a run that is not out");
  }
  set_owner(run, nullptr);
  state_->out_bytes.fetch_sub(run.bytes, std::memory_order_relaxed);
  state_->take_back(slot, run);
}

void page_source::set_owner(page_run run, void* owner) noexcept {
  const std::size_t first = offset_of(run.data) >> owner_table::unit_shift;
  const std::size_t count = run.bytes >> owner_table::unit_shift;
  for (std::size_t i = first; i < first + count; ++i) {
    owners_[i].store(owner, std::memory_order_relaxed);
  }
}

std::size_t page_source::spilled(node_id from, node_id to) const noexcept {
  const std::size_t column = state_->slot_of(to);
  if (column == state_->homeless_slot()) return 0;
  return state_->spilled[state_->slot_of(from) * homes_count_ + column].load(
      std::memory_order_relaxed);
}

std::array<address_range, 2> page_source::ranges() const noexcept {
  return state_->reservation.ranges();
}

std::optional<page_spread> page_source::spread_of(page_run run) const noexcept {
  if (home_of(run.data)) return std::nullopt;
  expects(contains(run.data), "spread_of: not a run of this page source");
  return state_->slots[state_->homeless_slot()]->spread_of(run);
}

page_source_usage page_source::own_usage() const noexcept {
  const std::size_t own = state_->own_bytes.load(std::memory_order_relaxed);
  return {own, own + state_->out_bytes.load(std::memory_order_relaxed)};
}

void page_source::lock_all() noexcept {
  for (const auto& slot : state_->slots)
    slot->lock();
  state_->owners.lock();
  state_->weights.lock();
}

void page_source::unlock_all() noexcept {
  state_->weights.unlock();
  state_->owners.unlock();
  for (const auto& slot : state_->slots)
    slot->unlock();
}

bool page_source::audit() const noexcept {
  std::size_t pages = 0;
  for (const auto& slot : state_->slots) {
    if (!slot->audit()) return false;
    pages += slot->taken_pages();
  }
  return pages << page_shift_ == state_->out_bytes.load(std::memory_order_relaxed);
}

}  // namespace nearmem
