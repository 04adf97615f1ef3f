#include <algorithm>
#include <limits>
#include <new>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/binding_error.hpp>
#include <nearmem/alloc/page_account.hpp>
#include <nearmem/alloc/residency.hpp>

namespace nearmem {
namespace {

// Calls visit(node, bytes) for every node that a run is counted on: `node` if it is not spread.
template <class Visit>
void for_each_share(const std::optional<page_spread>& spread, page_run run, node_id node,
                    Visit visit) noexcept {
  if (spread) {
    spread->for_each_share(run, visit);
  } else {
    visit(node, run.bytes);
  }
}

page_record to_record(const page_grant& grant, std::size_t page_bytes) noexcept {
  return {grant.run.data, static_cast<std::uint32_t>(grant.run.bytes / page_bytes),
          static_cast<std::uint16_t>(to_number(grant.node)),
          static_cast<std::uint16_t>(to_number(grant.wanted))};
}

}  // namespace

page_account::page_account(const resource_options& options)
    : options_(options), source_(options.pages) {}

page_account::~page_account() {
  expects(footprint() == 0, "page_account: destroyed while runs or descriptors are out");
}

page_source* page_account::known_source() const noexcept {
  if (source_ != nullptr) return source_;
  try {
    return &page_source::process();
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

page_source* page_account::find_source() noexcept {
  if (source_ == nullptr) source_ = known_source();
  return source_;
}

page_source& page_account::source() noexcept {
  if (find_source() == nullptr) contract_violation("page_account: the process has no page source");
  return *source_;
}

page_request page_account::request_for(std::size_t bytes, std::size_t alignment) const noexcept {
  return {bytes, alignment, options_.where, options_.huge_pages};
}

page_grant page_account::take(const page_request& request) noexcept {
  page_source& pages = *source_;
  page_grant grant;
  grant.failure = page_failure::address_space;
  const auto bytes = pages.run_bytes(request);
  if (!bytes) return grant;
  // A budget knows no nodes that the machine has not.
  node_id charged = pages.wanted_node(request.where);
  if (pages.hardware().find(charged) == nullptr) {
    charged = pages.hardware().fallback_order(charged).front();
  }
  budget* const payer = options_.budget;
  if (payer != nullptr) grant.refused = payer->try_charge(*bytes, charged);
  if (grant.refused) {
    grant.failure = page_failure::budget;
    grant.node = grant.wanted = charged;
    grant.refused_bytes = *bytes;
    return grant;
  }
  grant = pages.acquire(request);
  if (!grant.run) {
    if (payer != nullptr) payer->refund(*bytes, charged);
    return grant;
  }
  grant.failure = book(grant, charged);
  if (grant.failure != page_failure::none) {
    grant.run = {};
    return grant;
  }
  count(grant);
  return grant;
}

page_failure page_account::book(page_grant& grant, node_id charged) noexcept {
  budget* const payer = options_.budget;
  const auto spread = source_->spread_of(grant.run);
  page_failure failure = page_failure::none;
  std::size_t moved = 0;  // shares that are paid for where they lie
  budget::refusal refused;
  node_id refused_on = grant.node;
  for_each_share(spread, grant.run, grant.node, [&](node_id node, std::size_t bytes) noexcept {
    if (failure != page_failure::none) return;
    if (counters_.make(node, source_->hardware().nodes().size()) == nullptr) {
      failure = page_failure::memory;
      return;
    }
    if (payer != nullptr && node != charged) refused = payer->try_move(bytes, charged, node);
    if (refused) {
      failure = page_failure::budget;
      grant.refused_bytes = bytes;
      refused_on = node;
      return;
    }
    ++moved;
  });
  if (failure == page_failure::none) return failure;
  source_->release(grant.run);
  if (payer != nullptr) {
    for_each_share(spread, grant.run, grant.node, [&](node_id node, std::size_t bytes) noexcept {
      payer->refund(bytes, moved != 0 ? node : charged);
      if (moved != 0) --moved;
    });
  }
  grant.refused = refused;
  grant.node = refused_on;
  return failure;
}

void page_account::count(const page_grant& grant) noexcept {
  const auto spread = source_->spread_of(grant.run);
  const owner_version::change change(version);
  for_each_share(spread, grant.run, grant.node, [&](node_id node, std::size_t bytes) noexcept {
    page_counter* const counter = counters_.find(node);
    counter->footprint.add(bytes);
    if (grant.node != grant.wanted) counter->spilled.add(bytes);
    counter->outcome.store(grant.outcome, std::memory_order_relaxed);
  });
  footprint_.add(grant.run.bytes);
  if (footprint() > peak_footprint()) peak_.set(footprint());
}

void page_account::give(const page_record& record) noexcept {
  const page_run run{record.data, record.pages * source_->page_bytes()};
  const auto spread = source_->spread_of(run);
  {
    const owner_version::change change(version);
    for_each_share(spread, run, node_id{record.node},
                   [&](node_id node, std::size_t bytes) noexcept {
                     page_counter* const counter = counters_.find(node);
                     counter->footprint.subtract(bytes);
                     if (record.node != record.wanted) counter->spilled.subtract(bytes);
                   });
    footprint_.subtract(run.bytes);
  }
  source_->release(run);
  if (options_.budget == nullptr) return;
  // Only now: nobody may commit pages in the place of those that are still there.
  for_each_share(spread, run, node_id{record.node}, [&](node_id node, std::size_t bytes) noexcept {
    options_.budget->refund(bytes, node);
  });
}

page_grant page_account::acquire(const page_request& request) noexcept {
  page_grant grant;
  if (find_source() == nullptr) {
    grant.failure = page_failure::address_space;
    return grant;
  }
  if (ledger_.is_full() && !make_room_in_ledger(grant)) {
    grant.also_needs(source_->run_bytes(request).value_or(0));
    return grant;
  }
  grant = take(request);
  if (grant.run) {
    ledger_.add(to_record(grant, source_->page_bytes()));
    if (--runs_until_look_ == 0) {
      runs_until_look_ = std::max(runs_between_looks, ledger_.size());
      look_again(*this);
    }
  } else if (ledger_.is_oversized(source_->page_bytes())) {
    shrink_ledger();
  }
  return grant;
}

std::optional<std::size_t> page_account::run_bytes(std::size_t bytes) noexcept {
  if (find_source() == nullptr) return {};
  return source_->run_bytes(request_for(bytes, 1));
}

std::size_t page_account::acquisition_bound(std::size_t bytes, std::size_t descriptors,
                                            std::size_t descriptor_bytes,
                                            std::size_t others) const noexcept {
  const page_source* const pages = known_source();
  const auto run = pages == nullptr ? std::nullopt : pages->run_bytes(request_for(bytes, 1));
  if (!run) return std::numeric_limits<std::size_t>::max();
  const std::size_t page_bytes = pages->page_bytes();
  const std::size_t descriptor_run =
      std::max<std::size_t>((descriptor_bytes + page_bytes - 1) & ~(page_bytes - 1), page_bytes);
  return *run + descriptors * descriptor_run +
         ledger_.growth_bytes(1 + descriptors + others, page_bytes);
}

page_grant page_account::acquire(std::size_t bytes, std::size_t alignment) noexcept {
  return acquire(request_for(bytes, alignment));
}

void page_account::release(page_run run) noexcept {
  if (!run) return;
  const page_record record = ledger_.remove(run.data);
  expects(record.pages != 0 && record.pages * source_->page_bytes() == run.bytes,
          "page_account: released a run that is not out");
  give(record);
  if (ledger_.is_oversized(source_->page_bytes())) shrink_ledger();
}

bool page_account::make_room_in_ledger(page_grant& why) noexcept {
  page_request request = request_for(ledger_.suitable_bytes(source_->page_bytes()), 1);
  request.huge_pages = false;
  why = take(request);
  if (!why.run) return false;
  metadata_.add(why.run.bytes);
  const page_record before =
      ledger_.move_to(to_record(why, source_->page_bytes()), source_->page_bytes());
  if (before.data != nullptr) {
    metadata_.subtract(before.pages * source_->page_bytes());
    give(before);
  }
  return true;
}

void page_account::shrink_ledger() noexcept {
  const std::size_t bytes = ledger_.suitable_bytes(source_->page_bytes());
  if (bytes != 0) {
    // Fails only where memory is short; then the table stays as it is.
    page_grant unused;
    make_room_in_ledger(unused);
    return;
  }
  const page_record before = ledger_.move_to({}, source_->page_bytes());
  metadata_.subtract(before.pages * source_->page_bytes());
  give(before);
}

page_grant page_account::take_metadata(std::size_t bytes) noexcept {
  page_request request = request_for(bytes, 1);
  request.huge_pages = false;
  const page_grant grant = acquire(request);
  if (grant.run) metadata_.add(grant.run.bytes);
  return grant;
}

void page_account::give_metadata(page_run run) noexcept {
  metadata_.subtract(run.bytes);
  release(run);
}

class page_account::metadata_pages final : public descriptor_pages {
 public:
  explicit metadata_pages(page_account& account) noexcept : account_(account) {}

  page_grant take_metadata(std::size_t bytes) noexcept override {
    return account_.take_metadata(bytes);
  }
  void give_metadata(page_run run) noexcept override { account_.give_metadata(run); }
  std::size_t page_bytes() noexcept override { return account_.source_->page_bytes(); }

 private:
  page_account& account_;
};

void* page_account::make_descriptor(std::size_t bytes, page_grant& why) noexcept {
  if (find_source() == nullptr) {
    why.failure = page_failure::address_space;
    return nullptr;
  }
  metadata_pages pages(*this);
  const machine& hardware = source_->hardware();
  const std::size_t position = hardware.position_of(source_->wanted_node(options_.where));
  return descriptors_.make(pages, position, hardware.nodes().size(), bytes, why);
}

void page_account::drop_descriptor(void* descriptor, std::size_t bytes) noexcept {
  if (descriptor == nullptr) return;
  metadata_pages pages(*this);
  page_descriptors::drop(pages, descriptor, bytes);
}

std::size_t page_account::quantum() const noexcept {
  return options_.budget == nullptr ? page_source::chunk_bytes : options_.budget->quantum();
}

void page_account::throw_failure(const page_grant& grant) const {
  if (grant.failure == page_failure::budget && grant.refused) {
    throw budget_exceeded(*options_.budget, grant.refused_bytes, grant.refused, grant.node);
  }
  if (grant.failure == page_failure::bind_refused) throw binding_error(grant.wanted, grant.outcome);
  throw std::bad_alloc();
}

void page_account::note_misplaced(node_id node, std::size_t bytes) noexcept {
  if (bytes == 0) return;
  page_counter* counter = counters_.make(node, source_->hardware().nodes().size());
  if (counter != nullptr) counter->misplaced.add(bytes);
}

bool page_account::audit() const noexcept {
  std::size_t bytes = 0;
  for_each_run([&](const page_record& record) noexcept {
    bytes += record.pages * (source_ == nullptr ? 0 : source_->page_bytes());
  });
  if (bytes != footprint() || metadata() > footprint() || peak_footprint() < footprint()) {
    return false;
  }
  if (source_ == nullptr) return bytes == 0;
  std::size_t by_node = 0;
  for (const numa_node& node : source_->hardware().nodes())
    by_node += usage(node.id).footprint;
  return by_node == bytes;
}

}  // namespace nearmem
