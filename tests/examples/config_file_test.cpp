#include "examples/fullnode/config_file.hpp"

#include <string>

#include <gtest/gtest.h>

namespace nearmem::fullnode {
namespace {

std::string said_of(const std::string& text) {
  try {
    require_usable(parse_config(text, "node.toml"));
  } catch (const config_error& error) {
    return error.what();
  }
  return "nothing";
}

TEST(config_file, is_its_own_default) {
  const node_config read = parse_config(default_config(), "default");
  const node_config made;
  EXPECT_EQ(read.budget, made.budget);
  EXPECT_EQ(read.mempool_expires_after, made.mempool_expires_after);
  EXPECT_EQ(read.peers, made.peers);
  EXPECT_EQ(read.blocks_kept, made.blocks_kept);
  EXPECT_NO_THROW(require_usable(read));
}

TEST(config_file, changes_what_it_names_and_leaves_the_rest) {
  const node_config read = parse_config(
      "[node]\nbudget = \"64MiB\"\n[budgets]\nmempool = \"20MiB\"\norphans = 2000000\n"
      "[mempool]\nmost_transactions = 10000\n[orphans]\npeer_limit = \"100KB\"\n",
      "node.toml");
  EXPECT_EQ(read.budget, std::size_t{64} << 20);
  EXPECT_EQ(read.limit_of(part::mempool), std::size_t{20} << 20);
  EXPECT_EQ(read.limit_of(part::orphans), 2'000'000u);
  EXPECT_EQ(read.mempool_most_transactions, 10'000u);
  EXPECT_EQ(read.orphans_peer_limit, 100'000u);
  EXPECT_EQ(read.peers, 100u);
  EXPECT_EQ(read.limit_of(part::coins), (std::size_t{64} << 20) * 330 / 1000);
}

TEST(config_file, names_the_line_and_the_key_of_what_is_wrong) {
  EXPECT_EQ(said_of("[node]\nbudgte = 3\n"), "node.toml: line 2: unknown key 'node.budgte'");
  EXPECT_EQ(said_of("\n[nods]\nbudget = 3\n"), "node.toml: line 2: unknown key 'nods'");
  EXPECT_EQ(said_of("budget = 3\n"), "node.toml: line 1: unknown key 'budget'");
  EXPECT_EQ(said_of("[budgets]\n\nmempol = 3\n"),
            "node.toml: line 3: unknown key 'budgets.mempol'");
  EXPECT_EQ(said_of("[node]\nbudget = \"-3MiB\"\n"),
            "node.toml: line 2: node.budget: '-3MiB' is negative");
  EXPECT_EQ(said_of("[node]\nbudget = true\n"),
            "node.toml: line 2: node.budget: wants bytes, such as \"300MiB\"");
  EXPECT_EQ(said_of("[peers]\ncount = -1\n"),
            "node.toml: line 2: peers.count: wants a whole number");
  EXPECT_EQ(said_of("[node\n").rfind("node.toml: line 1: ", 0), 0u);
  EXPECT_EQ(said_of("[peers]\ncount = 0\n"), "node.toml: peers.count: wants 1 to 10000");
}

TEST(config_file, refuses_budgets_that_hold_nothing_or_more_than_there_is) {
  EXPECT_EQ(said_of("[node]\nbudget = 100\n").rfind("the budget of 'mempool' is ", 0), 0u);
  EXPECT_EQ(said_of("[budgets]\ncoins = 100\n").rfind("the budget of 'coins' is 100 B, too ", 0),
            0u);
  EXPECT_EQ(said_of("[budgets]\ncoins = \"1GiB\"\n").rfind("the components' budgets come to ", 0),
            0u);
  EXPECT_EQ(said_of(""), "nothing");
  EXPECT_THROW(read_config("no such file"), config_error);
}

}  // namespace
}  // namespace nearmem::fullnode
