#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <nearmem/alloc/page_probe.hpp>
#include <nearmem/alloc/page_source_state.hpp>
#include <nearmem/topology/this_thread.hpp>

namespace nearmem {

static_assert(page_source::chunk_bytes == page_reservation::chunk_bytes);

page_source::state::state(machine what, kernel& with, std::size_t slot_bytes)
    : hardware(std::move(what)),
      calls(with),
      policy(hardware, calls),
      reservation(hardware, calls, slot_bytes),
      owners(calls, reservation.owners(), reservation.slots() * reservation.slot_chunks(),
             page_reservation::chunk_owners(), own_bytes),
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
  slots[homeless_slot()]->set_turn_bits(probe_turn_bits(calls, policy));
}

std::size_t page_source::state::slot_of(node_id node) const noexcept {
  const auto at = std::lower_bound(homes.begin(), homes.end(), node);
  return at != homes.end() && *at == node ? static_cast<std::size_t>(at - homes.begin())
                                          : homeless_slot();
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
  if (to == homeless_slot()) return;
  spilled[slot_of(grant.wanted) * homes.size() + to].fetch_add(run.bytes,
                                                               std::memory_order_relaxed);
}

page_grant page_source::state::near(const cut_request& cut, const placement& where,
                                    node_id wanted) noexcept {
  page_grant grant{.wanted = wanted, .failure = page_failure::address_space};
  node_id first = wanted;
  if (policy.places() && where.what() == placement::kind::preferred) {
    const std::size_t slot = slot_of(wanted);
    const int answer = slot == homeless_slot() ? 0 : slots[slot]->prepare();
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
    if (piece.failure == page_failure::address_space) {
      grant.outcome = binding_outcome::preferred;
    } else if (piece.policy_error != 0) {
      // A chunk that was bound before: the node has left the cpuset since.
      grant.outcome = page_policy::outcome_of(piece.policy_error);
    } else {
      grant.failure = piece.failure;
    }
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

page_grant page_source::state::in_turns(cut_request cut, node_set over, bool weighted,
                                        int& refused) noexcept {
  const cut_request anywhere = cut;
  const node_id first = *over.begin();
  page_slot& slot = *slots[homeless_slot()];
  cut.use = chunk_use::interleaved;
  if (weighted) cut.weights = weights.in_force(calls);
  while (!over.empty()) {
    // By weight, and the kernel knows none: equal turns are not what was asked for.
    const bool as_asked = !weighted || cut.weights != nullptr;
    page_grant grant{
        .outcome = as_asked ? binding_outcome::preferred : binding_outcome::unsupported,
        .failure = page_failure::memory};
    cut.over = over;
    const cut_result piece = slot.cut(cut);
    if (piece.data == nullptr) {
      grant.failure = piece.failure;
      refused = piece.policy_error;
      return grant;
    }
    const page_run run = run_of(cut, piece.data);
    if (!populate(run)) {
      take_back(slot, run);
      return grant;
    }
    const page_spread spread = *slot.spread_of(run);
    node_set full;
    if (homes.size() > 1) full = nodes_without_their_pages(calls, run, spread);
    if (full.empty()) {
      grant.node = grant.wanted = spread.node_of(run.data);
      count_out(grant, run);
      return grant;
    }
    take_back(slot, run);
    if (cut.weights != nullptr && weights.replaced(calls, cut.weights)) {
      cut.weights = weights.in_force(calls);
      continue;
    }
    // The others take their turns, so that every page lies where the books say.
    for (const node_id node : full)
      over.erase(node);
  }
  return near(anywhere, placement::preferred(first), first);
}

page_grant page_source::state::first_touch(const cut_request& request,
                                           binding_outcome outcome) noexcept {
  page_slot& slot = *slots[homeless_slot()];
  cut_request cut = request;
  cut.use = chunk_use::first_touch;
  for (int attempt = 1;; ++attempt) {
    page_grant grant{.outcome = outcome, .failure = page_failure::memory};
    const cut_result piece = slot.cut(cut);
    if (piece.data == nullptr) {
      grant.failure = piece.failure;
      return grant;
    }
    const page_run run = run_of(cut, piece.data);
    if (!populate(run)) {
      take_back(slot, run);
      return grant;
    }
    const node_id here = policy.nearest(this_thread::node(hardware));
    grant.node = policy.places() && homes.size() > 1 ? node_of_page(calls, run.data, here) : here;
    grant.wanted = grant.node;
    if (attempt == 3 || check(run, grant.node) != read_back::strayed) {
      count_out(grant, run);
      return grant;
    }
    // The thread moved meanwhile, which it hardly does twice, or the node has become full: then the
    // whole run lies near it, as the books know one node for it. If that cannot be either, pages
    // stay where they are.
    take_back(slot, run);
    if (attempt == 1) continue;
    grant = near(request, placement::local(), here);
    if (grant.run) return grant;
  }
}

page_grant page_source::state::homeless(const cut_request& cut, const placement& where) noexcept {
  if (!policy.places()) {
    node_set over = where.nodes();
    over &= policy.serving();
    const bool nowhere = where.takes_turns() && over.empty();
    return first_touch(cut, nowhere ? binding_outcome::no_such_node : binding_outcome::simulated);
  }
  if (where.what() == placement::kind::first_touch) {
    return first_touch(cut, binding_outcome::first_touch);
  }
  // Local memory is left to take turns only where the process was started so.
  const bool local = where.what() == placement::kind::local;
  node_set over = local ? policy.local_turns() : where.nodes();
  over &= policy.serving();
  if (over.empty()) {
    return first_touch(cut,
                       policy.why_not(where.nodes().empty() ? node_id{} : *where.nodes().begin()));
  }
  int refused = 0;
  page_grant grant = in_turns(cut, over, policy.takes_weighted_turns(where), refused);
  if (refused != 0) {
    // Pages come to lie where the thread runs that populates them.
    grant = first_touch(cut, page_policy::outcome_of(refused));
  }
  if (local && grant.run) grant.outcome = binding_outcome::denied;
  return grant;
}

}  // namespace nearmem
