#include "examples/fullnode/config_file.hpp"

#include <array>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string_view>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "examples/fullnode/byte_size.hpp"

namespace nearmem::fullnode {
namespace {

// A key that is not a part's budget.
struct known_key {
  std::string_view table;
  std::string_view name;
  std::uint64_t node_config::* count;  // of these two
  std::size_t node_config::* bytes;    // one
};
constexpr std::array known_keys = {
    known_key{"node", "budget", nullptr, &node_config::budget},
    known_key{"mempool", "most_transactions", &node_config::mempool_most_transactions, nullptr},
    known_key{"mempool", "expires_after", &node_config::mempool_expires_after, nullptr},
    known_key{"orphans", "peer_limit", nullptr, &node_config::orphans_peer_limit},
    known_key{"orphans", "expire_after", &node_config::orphans_expire_after, nullptr},
    known_key{"blocks", "kept", &node_config::blocks_kept, nullptr},
    known_key{"peers", "count", &node_config::peers, nullptr},
};
constexpr std::string_view budgets_table = "budgets";
constexpr std::uint64_t most_peers = 10'000;

// What a part must be able to hold at once: a few pages of slabs, and of blocks one whole.
constexpr std::size_t least_part_bytes = std::size_t{256} << 10;
constexpr std::size_t least_block_bytes = std::size_t{2} << 20;

std::size_t least_of(part which) noexcept {
  return which == part::blocks || which == part::prefetch ? least_block_bytes : least_part_bytes;
}

// Where it stands, and what is wrong.
config_error wrong(const std::string& file, const toml::node& at, const std::string& what) {
  return config_error(fmt::format("{}: line {}: {}", file, at.source().begin.line, what));
}

std::size_t bytes_of(const toml::node& value, const std::string& file, const std::string& key) {
  try {
    if (const auto text = value.value_exact<std::string>()) return parse_byte_size(*text);
    if (const auto number = value.value_exact<std::int64_t>()) {
      return parse_byte_size(std::to_string(*number));
    }
  } catch (const std::invalid_argument& error) {
    throw wrong(file, value, fmt::format("{}: {}", key, error.what()));
  }
  throw wrong(file, value, fmt::format("{}: wants bytes, such as \"300MiB\"", key));
}

std::uint64_t count_of(const toml::node& value, const std::string& file, const std::string& key) {
  const auto number = value.value_exact<std::int64_t>();
  if (!number || *number < 0)
    throw wrong(file, value, fmt::format("{}: wants a whole number", key));
  return static_cast<std::uint64_t>(*number);
}

void take(node_config& into, std::string_view table, std::string_view name, const toml::node& value,
          const std::string& file) {
  const std::string key = fmt::format("{}.{}", table, name);
  if (table == budgets_table) {
    if (const auto which = parse_name<part>(name)) {
      into.parts[static_cast<std::size_t>(*which)] = bytes_of(value, file, key);
      return;
    }
  }
  for (const known_key& each : known_keys) {
    if (each.table != table || each.name != name) continue;
    if (each.count != nullptr) {
      into.*each.count = count_of(value, file, key);
    } else {
      into.*each.bytes = bytes_of(value, file, key);
    }
    return;
  }
  throw wrong(file, value, fmt::format("unknown key '{}'", key));
}

bool is_known_table(std::string_view name) {
  if (name == budgets_table) return true;
  for (const known_key& each : known_keys) {
    if (each.table == name) return true;
  }
  return false;
}

}  // namespace

node_config parse_config(const std::string& text, const std::string& name,
                         const node_config& base) {
  toml::table root;
  try {
    root = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    throw config_error(
        fmt::format("{}: line {}: {}", name, error.source().begin.line, error.description()));
  }
  node_config made = base;
  for (const auto& [table_key, value] : root) {
    const toml::table* table = value.as_table();
    if (table == nullptr || !is_known_table(table_key.str())) {
      throw wrong(name, value, fmt::format("unknown key '{}'", table_key.str()));
    }
    for (const auto& [key, inner] : *table)
      take(made, table_key.str(), key.str(), inner, name);
  }
  if (made.peers == 0 || made.peers > most_peers) {
    throw config_error(fmt::format("{}: peers.count: wants 1 to {}", name, most_peers));
  }
  return made;
}

node_config read_config(const std::string& file, const node_config& base) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  // A folder can be opened, and not read; nothing is read of an empty file, which is neither.
  if (in.is_open() && in.peek() != std::ifstream::traits_type::eof()) text << in.rdbuf();
  if (!in.is_open() || in.bad() || text.bad()) throw config_error(file + ": cannot be read");
  return parse_config(text.str(), file, base);
}

void require_usable(const node_config& config) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < part_names.size(); ++i) {
    const auto which = static_cast<part>(i);
    const std::size_t limit = config.limit_of(which);
    if (limit < least_of(which)) {
      throw config_error(fmt::format(
          "the budget of '{}' is {}, too small for what it must hold at once, {} at least; the "
          "whole node's is {}",
          part_names[i], to_byte_size(limit), to_byte_size(least_of(which)),
          to_byte_size(config.budget)));
    }
    sum += limit;
  }
  if (sum > config.budget) {
    throw config_error(fmt::format("the components' budgets come to {}, more than the node's {}",
                                   to_byte_size(sum), to_byte_size(config.budget)));
  }
}

std::string default_config() {
  const node_config config;
  std::string text = fmt::format(
      "# What nearmem fullnode --scenario may take, and by which rules it lets go.\n"
      "# Bytes: \"300MiB\", \"1.5GiB\", \"64KB\", or a plain number. Times are counted in arrived\n"
      "# transactions, so that a run does not depend on how fast it runs.\n"
      "\n[node]\n"
      "budget = \"{}MiB\"          # of the whole node; --budget wins over it\n"
      "\n# Each component's part. What is not named here gets its share of the whole, as below.\n"
      "[budgets]\n",
      config.budget >> 20);
  for (std::size_t i = 0; i < part_names.size(); ++i) {
    text += fmt::format("# {} = {}\n", part_names[i], config.limit_of(static_cast<part>(i)));
  }
  text += fmt::format(
      "\n[mempool]\n"
      "most_transactions = {}      # 0: bytes alone decide; a network's rule may be 10000\n"
      "expires_after = {}     # arrivals\n"
      "\n[orphans]\n"
      "peer_limit = {}             # bytes of one peer; 0: a tenth of the component's budget\n"
      "expire_after = {}       # arrivals\n"
      "\n[blocks]\n"
      "kept = {}                   # connected blocks that can still be undone\n"
      "\n[peers]\n"
      "count = {}\n",
      config.mempool_most_transactions, config.mempool_expires_after, config.orphans_peer_limit,
      config.orphans_expire_after, config.blocks_kept, config.peers);
  return text;
}

}  // namespace nearmem::fullnode
