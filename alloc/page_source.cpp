#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <nearmem/alloc/kernel.hpp>
#include <nearmem/alloc/page_owners.hpp>
#include <nearmem/alloc/page_policy.hpp>
#include <nearmem/alloc/page_probe.hpp>
#include <nearmem/alloc/page_read_back.hpp>
#include <nearmem/alloc/page_reservation.hpp>
#include <nearmem/alloc/page_slot.hpp>
#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/this_thread.hpp>

namespace nearmem {

static_assert(page_source::chunk_bytes == page_reservation::chunk_bytes);

struct page_source::state {
  machine hardware;
  kernel& calls;
  std::vector<node_id> homes;  // of the slots; the homeless slot is behind them
  page_policy policy;
  std::atomic<std::size_t> own_bytes{0};  // the books in memory
  std::atomic<std::size_t> out_bytes{0};  // runs that are out
  page_reservation reservation;
  page_owners owners;
  std::vector<std::unique_ptr<page_slot>> slots;
  std::vector<std::atomic<std::size_t>> spilled;  // [from][to], and a row for nodes unknown

  state(machine what, kernel& with, std::size_t slot_bytes);

  std::size_t homeless() const noexcept { return homes.size(); }
  // The slot of a node, or homeless() for nodes that are not of the machine. O(log nodes).
  std::size_t slot_of(node_id node) const noexcept;

  page_grant near(const cut_request& cut, const placement& where, node_id wanted) noexcept;
  page_grant bound(cut_request cut, node_id node) noexcept;
  page_grant homeless_run(cut_request cut, const placement& where) noexcept;

  bool populate(page_run run) noexcept;
  void take_back(page_slot& slot, page_run run) noexcept;
  read_back check(page_run run, node_id node) const noexcept;
  page_run run_of(const cut_request& cut, std::byte* data) const noexcept {
    return {data, cut.pages * calls.page_bytes()};
  }
  void count_out(page_grant& grant, page_run run) noexcept;
};

page_source::state::state(machine what, kernel& with, std::size_t slot_bytes)
    : hardware(std::move(what)),
      calls(with),
      policy(hardware, calls),
      reservation(hardware, calls, slot_bytes),
      owners(calls, reservation.owners(), reservation.slots() * reservation.slot_chunks(),
             reservation.chunk_pages(), own_bytes),
      spilled((hardware.nodes().size() + 1) * hardware.nodes().size()) {
  for (const numa_node& node : hardware.nodes())
    homes.push_back(node.id);
  for (std::size_t i = 0; i < reservation.slots(); ++i) {
    memory_policy told;
    if (policy.places() && i < homes.size()) told = {memory_policy::kind::preferred, {homes[i]}};
    slots.push_back(std::make_unique<page_slot>(
        calls, owners, reservation.data() + i * reservation.slot_bytes(),
        i * reservation.slot_chunks(), reservation.slot_chunks(), chunk_bytes,
        reservation.slot_books(i), told, own_bytes));
  }
}

std::size_t page_source::state::slot_of(node_id node) const noexcept {
  const auto at = std::lower_bound(homes.begin(), homes.end(), node);
  return at != homes.end() && *at == node ? static_cast<std::size_t>(at - homes.begin())
                                          : homeless();
}

bool page_source::state::populate(page_run run) noexcept {
  return calls.populate(run.data, run.bytes) == 0;
}

void page_source::state::take_back(page_slot& slot, page_run run) noexcept {
  // Pages that the kernel will not drop (locked ones, before Linux 5.18) must read as fresh ones.
  if (calls.purge(run.data, run.bytes) != 0) std::memset(run.data, 0, run.bytes);
  slot.give_back(run);
}

read_back page_source::state::check(page_run run, node_id node) const noexcept {
  if (!policy.places()) return read_back::unknown;
  if (homes.size() == 1) return read_back::in_place;
  return read_back_run(calls, run, node);
}

void page_source::state::count_out(page_grant& grant, page_run run) noexcept {
  grant.run = run;
  grant.failure = page_failure::none;
  out_bytes.fetch_add(run.bytes, std::memory_order_relaxed);
  if (grant.node == grant.wanted) return;
  const std::size_t to = slot_of(grant.node);
  if (to == homeless()) return;
  spilled[slot_of(grant.wanted) * homes.size() + to].fetch_add(run.bytes,
                                                               std::memory_order_relaxed);
}

page_grant page_source::state::near(const cut_request& cut, const placement& where,
                                    node_id wanted) noexcept {
  page_grant grant{.wanted = wanted, .failure = page_failure::address_space};
  node_id first = wanted;
  if (policy.places() && where.what() == placement::kind::preferred) {
    const std::size_t slot = slot_of(wanted);
    const int answer = slot == homeless() ? 0 : slots[slot]->prepare();
    // Without a policy, pages come to lie where the thread runs that populates them.
    if (answer == EPERM || answer == ENOSYS) first = policy.nearest(this_thread::node(hardware));
  }
  for (const node_id node : hardware.fallback_order(first)) {
    if (!policy.serves(node)) continue;
    page_slot& slot = *slots[slot_of(node)];
    const int answer = slot.prepare();
    if (answer != 0 && answer != EPERM && answer != ENOSYS) {
      grant.failure = page_failure::memory;
      continue;
    }
    const cut_result piece = slot.cut(cut);
    if (piece.data == nullptr) {
      if (piece.failure == page_failure::memory) grant.failure = page_failure::memory;
      continue;
    }
    const page_run run = run_of(cut, piece.data);
    if (!populate(run) || check(run, node) == read_back::strayed) {
      take_back(slot, run);
      grant.failure = page_failure::memory;
      continue;
    }
    grant.node = node;
    grant.outcome = policy.outcome_near(where, wanted, answer);
    count_out(grant, run);
    break;
  }
  return grant;
}

page_grant page_source::state::bound(cut_request cut, node_id node) noexcept {
  page_grant grant{.node = node, .wanted = node, .failure = page_failure::bind_refused};
  if (!policy.serves(node)) {
    grant.outcome = policy.places() || hardware.find(node) == nullptr
                        ? policy.why_not(node)
                        : binding_outcome::no_such_node;
    return grant;
  }
  page_slot& slot = *slots[slot_of(node)];
  if (const int answer = slot.prepare(); answer != 0) {
    grant.outcome = page_policy::outcome_of(answer);
    return grant;
  }
  cut.use = policy.places() ? chunk_use::bound : chunk_use::home;
  const cut_result piece = slot.cut(cut);
  if (piece.data == nullptr) {
    // An exhausted slot counts as a full node.
    if (piece.failure == page_failure::address_space)
      grant.outcome = binding_outcome::preferred;
    else
      grant.failure = piece.failure;
    return grant;
  }
  const page_run run = run_of(cut, piece.data);
  if (!policy.places()) {
    if (!populate(run)) {
      grant.failure = page_failure::memory;
      take_back(slot, run);
      return grant;
    }
    grant.outcome = binding_outcome::simulated;
    count_out(grant, run);
    return grant;
  }
  int error = slot.bind_begin(run);
  bool placed = false;
  if (error == 0) {
    if (!populate(run)) {
      grant.failure = page_failure::memory;
    } else {
      const read_back seen = check(run, node);
      placed = seen == read_back::in_place;
      // Strays: the kernel took the wish for a preference, as the node is full.
      grant.outcome =
          seen == read_back::strayed ? binding_outcome::preferred : binding_outcome::unsupported;
    }
  } else {
    grant.outcome = page_policy::outcome_of(error);
  }
  if (const int answer = slot.bind_end(run, placed); answer != 0 && placed) {
    placed = false;
    grant.outcome = page_policy::outcome_of(answer);
  }
  if (!placed) {
    take_back(slot, run);
    return grant;
  }
  grant.outcome = binding_outcome::bound;
  count_out(grant, run);
  return grant;
}

page_grant page_source::state::homeless_run(cut_request cut, const placement& where) noexcept {
  page_grant grant{.failure = page_failure::address_space};
  grant.outcome = policy.places() ? binding_outcome::first_touch : binding_outcome::simulated;
  page_slot& slot = *slots[homeless()];
  cut_result piece;
  if (where.what() == placement::kind::interleave) {
    cut.over = where.nodes();
    cut.over &= policy.serving();
    if (cut.over.empty()) {
      grant.outcome =
          policy.places()
              ? policy.why_not(where.nodes().empty() ? node_id{} : *where.nodes().begin())
              : binding_outcome::no_such_node;
      cut.use = chunk_use::first_touch;
    } else {
      cut.use = policy.places() ? chunk_use::interleaved : chunk_use::first_touch;
    }
    piece = slot.cut(cut);
    if (piece.data == nullptr && piece.policy_error != 0) {
      // Refused: pages come to lie where the thread runs that populates them.
      grant.outcome = page_policy::outcome_of(piece.policy_error);
      cut.use = chunk_use::first_touch;
      piece = slot.cut(cut);
    } else if (cut.use == chunk_use::interleaved) {
      grant.outcome = binding_outcome::preferred;
    }
  } else {
    if (where.what() == placement::kind::local) grant.outcome = binding_outcome::denied;
    cut.use = chunk_use::first_touch;
    piece = slot.cut(cut);
  }
  if (piece.data == nullptr) {
    grant.failure = piece.failure;
    return grant;
  }
  const page_run run = run_of(cut, piece.data);
  if (!populate(run)) {
    grant.failure = page_failure::memory;
    take_back(slot, run);
    return grant;
  }
  const node_id here = policy.nearest(this_thread::node(hardware));
  grant.node = policy.places() && homes.size() > 1 ? node_of_page(calls, run.data, here) : here;
  grant.wanted = grant.node;
  count_out(grant, run);
  return grant;
}

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
    case placement::kind::interleave: {
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
    case placement::kind::first_touch:
      return state_->homeless_run(cut, request.where);
    case placement::kind::local:
      if (state_->policy.leaves_local()) return state_->homeless_run(cut, request.where);
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
  const std::size_t first = offset_of(run.data) >> page_shift_;
  const std::size_t count = run.bytes >> page_shift_;
  for (std::size_t i = first; i < first + count; ++i) {
    owners_[i].store(owner, std::memory_order_relaxed);
  }
}

std::size_t page_source::spilled(node_id from, node_id to) const noexcept {
  const std::size_t column = state_->slot_of(to);
  if (column == state_->homeless()) return 0;
  return state_->spilled[state_->slot_of(from) * homes_count_ + column].load(
      std::memory_order_relaxed);
}

std::array<address_range, 2> page_source::ranges() const noexcept {
  return state_->reservation.ranges();
}

page_source_usage page_source::own_usage() const noexcept {
  const std::size_t own = state_->own_bytes.load(std::memory_order_relaxed);
  return {own, own + state_->out_bytes.load(std::memory_order_relaxed)};
}

void page_source::lock_all() noexcept {
  for (const auto& slot : state_->slots)
    slot->lock();
  state_->owners.lock();
}

void page_source::unlock_all() noexcept {
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
