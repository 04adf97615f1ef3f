#include "examples/fullnode/node_run.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <random>
#include <thread>
#include <vector>

#include "examples/fullnode/block_file.hpp"
#include "examples/fullnode/block_generator.hpp"
#include "examples/fullnode/key_image.hpp"
#include "examples/fullnode/made_blocks.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::size_t most_coinbase_outputs = 2'000;
constexpr std::uint64_t expire_every = 256;  // arrivals
constexpr std::uint64_t leak_every = 16;     // arrivals
constexpr std::uint64_t blocks_without_end = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t bitcoin_block_transactions = 1'557;
constexpr std::size_t most_unspent = 65'536;
constexpr std::uint64_t private_block_transactions = 400;

full_node::options node_options(const run_options& options) {
  return {options.config, options.kind, options.folder, options.seed};
}

std::unique_ptr<block_source> source_of(const run_options& options) {
  if (!options.files.empty()) return std::make_unique<block_files>(options.files);
  if (options.shape == profile::bitcoin) {
    return std::make_unique<block_generator>(
        generation{options.seed, blocks_without_end, bitcoin_block_transactions, most_unspent});
  }
  return std::make_unique<made_blocks>(options.shape, options.seed, private_block_transactions);
}

}  // namespace

node_run::node_run(const run_options& options)
    : options_(options),
      plan_(plan_of(options.what)),
      wallet_(options.shape == profile::bitcoin && options.what != scenario::ibd
                  ? options.wallet_coins
                  : 0),
      node_(node_options(options)) {
  node_.on_confirmation([this](const transaction& confirmed) {
    if (wallet_.most() == 0) return;
    outpoint point{confirmed.id, 0};
    for (const transaction_output& output : confirmed.outputs) {
      if (output.value > 0 && !is_unspendable(output.script)) wallet_.put({point, output.value});
      ++point.index;
    }
  });
  node_.on_eviction([this](const transaction& evicted) {
    if (wallet_.most() == 0) return;
    for (const transaction_input& input : evicted.inputs) {
      if (const coin* held = node_.coins().find_cached(input.spends)) {
        wallet_.put({input.spends, held->value});
      }
    }
  });
}

node_run::~node_run() {
  if (!options_.leak) return;
  accounted_resource& memory = node_.memory_of(*options_.leak).resource();
  while (leaked_ != nullptr) {
    leaked_block* before = leaked_->before;
    memory.deallocate(leaked_, leaked_bytes);
    leaked_ = before;
  }
}

run_result node_run::run(const run_observer& observer) {
  fund();
  run_watch watch(node_, options_, observer);
  watch.look(0, 0);
  if (options_.what == scenario::ibd) {
    live_on_blocks(watch);
  } else {
    live_on_transactions(watch);
  }
  const bool was_stopped = options_.is_stopped();
  watch.look(transactions_, was_stopped ? progress(watch) : 1);
  watch.identities().check("what is kept == what a walk finds", options_.leak || node_.audit());
  wind_down(watch);
  run_result ended = watch.finish();
  ended.was_stopped = was_stopped;
  return ended;
}

// Blocks whose coinbases give the makers something to spend.
void node_run::fund() {
  while (wallet_.size() < wallet_.most() && !options_.is_stopped()) {
    const std::size_t before = wallet_.size();
    make_block(0);
    if (wallet_.size() == before) break;
  }
}

void node_run::live_on_blocks(run_watch& watch) {
  const std::unique_ptr<block_source> source = source_of(options_);
  sha256 hasher;
  random_source random(options_.seed);
  for (std::uint64_t number = 0; !is_over(watch); ++number) {
    while (node_.prefetch().read() < number + 16 && node_.prefetch().read_ahead(*source)) {
    }
    if (node_.prefetch().read() <= number) break;
    pooled_block& received = node_.receive(*node_.prefetch().use(number), hasher);
    node_.connect(received);
    const auto& all = received.content.transactions;
    const auto add_entries = [&](std::size_t first) {
      for (std::size_t i = first; i < all.size(); i += options_.threads)
        node_.entries().add(all[i].id, number);
    };
    {
      std::vector<std::jthread> writers;
      for (std::size_t thread = 1; thread < options_.threads; ++thread)
        writers.emplace_back(add_entries, thread);
      add_entries(0);
    }
    // Another node asks for a block that it does not have yet.
    node_.prefetch().use(random.below(number + 1));
    transactions_ += all.size();
    for (std::size_t i = 0; i < all.size(); i += leak_every)
      leak();
    if (watch.is_due(transactions_)) watch.look(transactions_, progress(watch));
  }
}

void node_run::live_on_transactions(run_watch& watch) {
  std::vector<std::jthread> others;
  for (std::size_t thread = 1; thread < options_.threads; ++thread)
    others.emplace_back([this, thread, &watch] { work(thread, watch); });
  work(0, watch);
  others.clear();
  if (failure_) std::rethrow_exception(failure_);
}

void node_run::work(std::size_t thread, run_watch& watch) {
  try {
    transaction_maker maker(options_.shape, options_.seed * 1'000 + thread, wallet_);
    sha256 hasher;
    while (!failed_.load(std::memory_order_relaxed) && !is_over(watch))
      arrive_some(maker, hasher, thread, watch);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
    failed_ = true;
  }
}

void node_run::arrive_some(transaction_maker& maker, sha256& hasher, std::size_t thread,
                           run_watch& watch) {
  random_source& random = maker.random();
  const std::size_t peers = node_.peers().count();
  const std::size_t own = peers / options_.threads;  // peers that are this thread's
  const std::size_t peer = thread * own + random.below(own);
  const bool flooded = in_flood(watch);
  const auto& fees = flooded ? plan_.paid_in_flood : plan_.paid;
  const auto bytes = maker.make(fees);
  if (!bytes) {
    // All coins are in transactions that wait: a block confirms some, or makes new ones.
    const std::lock_guard lock(mutex_);
    make_block(flooded ? 0 : plan_.block_transactions);
    return;
  }
  const std::uint64_t dice = random.below(1'000);
  if (dice < plan_.orphans_per_mille && options_.shape == profile::bitcoin) {
    deliver(maker.make_child(*bytes, fees), peer, hasher, watch);
    if (random.below(1'000) < plan_.lost_per_mille) return maker.give_back();
  }
  const arrival first = deliver(*bytes, peer, hasher, watch);
  if (first == arrival::no_room) return maker.give_back();
  if (1'000 - dice <= plan_.conflicts_per_mille) {
    deliver(maker.make_conflict(), peer, hasher, watch);
  }
}

arrival node_run::deliver(std::span<const std::byte> bytes, std::size_t peer, sha256& hasher,
                          run_watch& watch) {
  const transaction* read = node_.peers().receive(peer, bytes, hasher);
  if (read == nullptr) return arrival::no_room;
  const hash256 id = read->id;
  arrival became = arrival::no_room;
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    became = node_.arrive(*read, peer);
    number = node_.arrivals();
  }
  node_.peers().done(peer, became == arrival::waits);
  if (became == arrival::waits) node_.entries().add(id, number);
  transactions_.fetch_add(1, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  after_arrival(watch);
  return became;
}

void node_run::after_arrival(run_watch& watch) {
  const std::uint64_t arrived = transactions_.load(std::memory_order_relaxed);
  if (arrived % leak_every == 0) leak();
  if (arrived % expire_every == 0) node_.expire();
  if (arrived % plan_.block_every == 0 && !in_flood(watch)) {
    make_block(plan_.block_transactions);
    ++blocks_since_reorganisation_;
    if (plan_.reorganise_every != 0 && blocks_since_reorganisation_ >= plan_.reorganise_every) {
      reorganise();
    }
  }
  if (watch.is_due(arrived)) watch.look(arrived, progress(watch));
}

void node_run::make_block(std::size_t transactions) {
  std::size_t outputs = 1;
  const std::size_t wanted = wallet_.most();
  if (wallet_.size() < wanted) outputs = std::min(wanted - wallet_.size(), most_coinbase_outputs);
  if (pooled_block* made = node_.assemble(transactions, outputs)) node_.connect(*made);
}

// The other branch is longer by one block.
void node_run::reorganise() {
  std::uint64_t undone = 0;
  while (undone < plan_.reorganise_depth && node_.disconnect())
    ++undone;
  for (std::uint64_t i = 0; undone != 0 && i <= undone; ++i)
    make_block(plan_.block_transactions);
  blocks_since_reorganisation_ = 0;
}

void node_run::leak() {
  if (!options_.leak || leak_is_over_) return;
  try {
    void* room = node_.memory_of(*options_.leak).resource().allocate(leaked_bytes);
    leaked_ = ::new (room) leaked_block{leaked_};
  } catch (const std::bad_alloc&) {
    leak_is_over_ = true;  // at the component's budget, as everything
  }
}

void node_run::wind_down(run_watch& watch) {
  constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();
  node_.mempool().expire(everything);
  node_.orphans().expire(everything);
  node_.coins().flush();
  node_.entries().flush();
  node_.blocks().clear();
  node_.prefetch().clear_used();
  for (std::size_t i = 0; i < part_names.size(); ++i)
    node_.memory_of(static_cast<part>(i)).trim();
  watch.look_idle();
}

bool node_run::is_over(const run_watch& watch) const {
  if (options_.is_stopped()) return true;
  if (options_.transactions != 0 && transactions_ >= options_.transactions) return true;
  return options_.seconds > 0 && watch.seconds() >= options_.seconds;
}

double node_run::progress(const run_watch& watch) const {
  double most = 0;
  if (options_.transactions != 0) {
    most = static_cast<double>(transactions_) / static_cast<double>(options_.transactions);
  }
  if (options_.seconds > 0) most = std::max(most, watch.seconds() / options_.seconds);
  return most;
}

}  // namespace nearmem::fullnode
