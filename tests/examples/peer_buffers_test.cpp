#include "examples/fullnode/peer_buffers.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "examples/fullnode/transaction_maker.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::size_t limit = std::size_t{4} << 20;

class peers_buffers : public testing::Test {
 protected:
  component_options options(std::size_t bytes = limit) {
    return {"peers", bytes, &node, resource_kind::nearmem, nullptr};
  }

  budget node{"node", limit};
  wallet no_coins{0};
};

TEST_F(peers_buffers, read_what_a_peer_sends) {
  peer_buffers peers(options(), 100);
  EXPECT_EQ(node.used(), 0u);
  transaction_maker maker(profile::priv, 1, no_coins);
  sha256 hasher;
  for (std::size_t i = 0; i < 1'000; ++i) {
    const auto bytes = *maker.make({});
    const transaction* read = peers.receive(i % 100, bytes, hasher);
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(read->serialized_bytes, bytes.size());
    const component_sample seen = peers.sample();
    ASSERT_EQ(seen.owned, seen.charged);
    peers.done(i % 100, true);
  }
  EXPECT_LE(node.used(), 100 * (2 * peer_buffers::kept_inbox_bytes + 4'096));
}

TEST_F(peers_buffers, serve_many_threads) {
  constexpr std::size_t threads = 4;
  peer_buffers peers(options(), 100);
  std::vector<std::jthread> all;
  for (std::size_t thread = 0; thread < threads; ++thread) {
    all.emplace_back([&, thread] {
      transaction_maker maker(profile::minting, thread, no_coins);
      sha256 hasher;
      for (std::size_t i = 0; i < 500; ++i) {
        const std::size_t peer = thread * 25 + i % 25;
        ASSERT_NE(peers.receive(peer, *maker.make({}), hasher), nullptr);
        if (i % 50 == 0) static_cast<void>(peers.sample());
        peers.done(peer, i % 2 == 0);
      }
    });
  }
  all.clear();
  const component_sample seen = peers.sample();
  EXPECT_EQ(seen.owned, seen.charged);
  EXPECT_EQ(seen.objects, 100u);
}

TEST_F(peers_buffers, drop_a_message_that_the_budget_has_no_room_for) {
  peer_buffers peers(options(16 * 1024), 2);
  sha256 hasher;
  const std::vector<std::byte> large(100'000);
  EXPECT_EQ(peers.receive(0, large, hasher), nullptr);
  peers.done(0, false);
  const component_sample seen = peers.sample();
  EXPECT_EQ(seen.owned, seen.charged);
}

}  // namespace
}  // namespace nearmem::fullnode
