#include "examples/fullnode/node_life.hpp"

#include <random>
#include <utility>

#include <nearmem/accounting/dynamic_usage.hpp>

#include "examples/fullnode/recursive_modelled_usage.hpp"

namespace nearmem::fullnode {
namespace {

// Of components, and of their resources in statistics.
constexpr const char* block_name = "block";
constexpr const char* mempool_name = "mempool";
constexpr const char* coins_name = "coins";

resource_options options_for(const char* name, const placement& where, page_source* pages) {
  resource_options options;
  options.name = name;
  options.where = where;
  options.pages = pages;
  return options;
}

std::uint64_t random_salt() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

// All bitcoin there will ever be, in satoshi. Sums beyond it are no honest ones.
constexpr std::int64_t most_money = 2'100'000'000'000'000;

// Adds an amount to a sum; false if either is more than there is.
bool add_money(std::int64_t amount, std::int64_t& sum) {
  if (amount < 0 || amount > most_money) return false;
  sum += amount;
  return sum <= most_money;
}

}  // namespace

node_life::memory::memory(const placement& where, page_source* pages, std::uint64_t salt)
    : coins_memory(options_for(coins_name, where, pages)),
      mempool_memory(options_for(mempool_name, where, pages)),
      coins(coins_memory, salt),
      waiting(mempool_memory, salt) {}

node_life::node_life(const placement& where, page_source* pages)
    : where_(where),
      pages_(pages),
      books_(pages != nullptr ? *pages : page_source::process()),
      memory_(std::make_unique<memory>(where, pages, random_salt())) {}

bool node_life::live_next(block_source& source) {
  auto next = std::make_unique<held_block>(options_for(block_name, where_, pages_));
  if (!next->read_from(source, hasher_)) return false;
  settle();
  memory_->block = std::move(next);
  const block& content = memory_->block->content();
  for (const transaction& each : content.transactions) {
    report_.inputs += each.inputs.size();
    report_.outputs += each.outputs.size();
  }
  report_.transactions += content.transactions.size();
  enter_mempool();
  connect();
  ++report_.blocks;
  books_.check(components());
  return true;
}

// What a node does once a block is connected: its transactions wait no longer, and it goes.
void node_life::settle() {
  if (!memory_->block) return;
  for (const transaction& each : memory_->block->content().transactions) {
    memory_->waiting.confirm(each.id);
  }
  memory_->block.reset();
}

void node_life::enter_mempool() {
  for (const transaction& each : memory_->block->content().transactions) {
    if (each.is_coinbase()) continue;  // made by the block's miner, it never waits
    std::optional<std::int64_t> fee = fee_of(each);
    if (!fee) ++report_.fees_unknown;
    memory_->waiting.enter(each, fee.value_or(0));
  }
}

void node_life::connect() {
  auto height = static_cast<std::uint32_t>(report_.blocks);
  for (const transaction& each : memory_->block->content().transactions) {
    coins_cache::change change = memory_->coins.connect(each, height);
    report_.coins_spent += change.spent;
    report_.coins_missing += change.missing;
    report_.coins_added += change.added;
    report_.coins_unspendable += change.unspendable;
  }
}

// What the inputs bring in and the outputs do not pay out; empty where a coin is not known, neither
// among the coins nor as an output of a transaction that waits.
std::optional<std::int64_t> node_life::fee_of(const transaction& arrived) const {
  std::int64_t brought = 0;
  for (const transaction_input& input : arrived.inputs) {
    if (const coin* found = memory_->coins.find(input.spends)) {
      if (!add_money(found->value, brought)) return std::nullopt;
      continue;
    }
    const mempool_entry* parent = memory_->waiting.find(input.spends.transaction);
    if (parent == nullptr || input.spends.index >= parent->content.outputs.size()) {
      return std::nullopt;
    }
    if (!add_money(parent->content.outputs[input.spends.index].value, brought)) {
      return std::nullopt;
    }
  }
  std::int64_t paid = 0;
  for (const transaction_output& output : arrived.outputs) {
    if (!add_money(output.value, paid)) return std::nullopt;
  }
  if (paid > brought) return std::nullopt;
  return brought - paid;
}

life_report node_life::report() {
  identity_list& identities = books_.identities();
  identities.check("coins: sums kept == sums walked", memory_->coins.audit());
  identities.check("mempool: sums kept == sums walked", memory_->waiting.audit());
  std::vector<component> all = components();
  for (component& each : all) {
    if (each.name == coins_name) {
      each.modelled_usage = recursive_modelled_usage(memory_->coins.coins());
      each.residency = memory_->coins_memory.audit_residency();
    } else if (each.name == mempool_name) {
      each.modelled_usage = recursive_modelled_usage(memory_->waiting.entries()) +
                            recursive_modelled_usage(memory_->waiting.fee_index()) +
                            recursive_modelled_usage(memory_->waiting.age_index());
      each.residency = memory_->mempool_memory.audit_residency();
    } else {
      each.modelled_usage = memory_->block->modelled_usage();
      each.residency = memory_->block->audit_residency();
    }
  }
  books_.report(all, report_);
  settle();
  memory_.reset();
  books_.check_end();
  report_.identities = identities.all();
  return std::move(report_);
}

std::vector<component> node_life::components() const {
  std::vector<component> all;
  if (memory_->block) {
    const held_block& block = *memory_->block;
    all.push_back(
        {block_name, &block.memory(), block.content().transactions.size(), block.dynamic_usage()});
  }
  all.push_back({mempool_name, &memory_->mempool_memory, memory_->waiting.size(),
                 memory_->waiting.dynamic_usage()});
  all.push_back(
      {coins_name, &memory_->coins_memory, memory_->coins.size(), memory_->coins.dynamic_usage()});
  return all;
}

}  // namespace nearmem::fullnode
