#include <cerrno>
#include <cstdint>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_probe.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

using policy = memory_policy::kind;

binding_outcome probe(simulated_machine& simulated, const placement& where) {
  return probe_placement(simulated.kernel, simulated.hardware,
                         page_policy(simulated.hardware, simulated.kernel), where);
}

const placement some_set = placement::interleave({node_id{1}, node_id{2}});

TEST(page_probe, finds_what_works_and_leaves_nothing) {
  simulated_machine simulated;
  EXPECT_EQ(probe(simulated, placement::local()), binding_outcome::preferred);
  EXPECT_EQ(probe(simulated, placement::preferred(node_id{7})), binding_outcome::preferred);
  EXPECT_EQ(probe(simulated, placement::bind(node_id{7})), binding_outcome::bound);
  EXPECT_EQ(probe(simulated, some_set), binding_outcome::preferred);
  EXPECT_EQ(probe(simulated, placement::first_touch()), binding_outcome::first_touch);
  EXPECT_EQ(simulated.kernel.reserved_bytes(), 0u);
  EXPECT_EQ(simulated.kernel.resident_bytes(), 0u);
}

TEST(page_probe, finds_what_a_container_forbids) {
  simulated_machine simulated;
  for (const policy what : {policy::preferred, policy::bind, policy::interleave}) {
    simulated.kernel.refuse_policy(what, EPERM);
  }
  EXPECT_EQ(probe(simulated, placement::local()), binding_outcome::denied);
  EXPECT_EQ(probe(simulated, placement::bind(node_id{0})), binding_outcome::denied);
  EXPECT_EQ(probe(simulated, some_set), binding_outcome::denied);
}

TEST(page_probe, finds_a_kernel_without_numa) {
  simulated_machine simulated;
  for (const policy what : {policy::preferred, policy::bind, policy::interleave}) {
    simulated.kernel.refuse_policy(what, ENOSYS);
  }
  EXPECT_EQ(probe(simulated, placement::local()), binding_outcome::first_touch);
  EXPECT_EQ(probe(simulated, placement::preferred(node_id{0})), binding_outcome::unsupported);
}

TEST(page_probe, finds_nodes_that_are_full_missing_or_unseen) {
  simulated_machine simulated;
  simulated.kernel.set_node_bytes(node_id{3}, 1);
  EXPECT_EQ(probe(simulated, placement::bind(node_id{3})), binding_outcome::preferred);
  EXPECT_EQ(probe(simulated, placement::bind(node_id{30})), binding_outcome::no_such_node);
  EXPECT_EQ(probe(simulated, placement::preferred(node_id{30})), binding_outcome::no_such_node);
  EXPECT_EQ(probe(simulated, placement::interleave({node_id{30}})), binding_outcome::no_such_node);
  simulated.kernel.refuse_locate(EPERM);
  EXPECT_EQ(probe(simulated, placement::bind(node_id{1})), binding_outcome::unsupported);
  EXPECT_EQ(simulated.kernel.kills(), 0u);
}

TEST(page_probe, fails_gently_at_every_call) {
  for (std::size_t n = 0; n < 8; ++n) {
    simulated_machine simulated;
    simulated.kernel.fail_any(n, ENOMEM);
    const binding_outcome outcome = probe(simulated, placement::bind(node_id{1}));
    EXPECT_EQ(outcome == binding_outcome::bound, !simulated.kernel.has_failed()) << n;
    EXPECT_EQ(simulated.kernel.reserved_bytes(), 0u);
  }
}

TEST(page_probe, of_an_inherited_policy_says_denied) {
  simulated_machine simulated;
  simulated.kernel.set_inherited_policy({policy::interleave, simulated.hardware.node_numbers()});
  EXPECT_EQ(probe(simulated, placement::local()), binding_outcome::denied);
  simulated.kernel.set_inherited_policy({policy::bind, {node_id{1}}});
  EXPECT_EQ(probe(simulated, placement::bind(node_id{2})), binding_outcome::denied);
}

// Three nodes: 2^32 is no multiple of three, so the rules differ by one turn or two unless the high
// part of the number is a multiple.
bool turns_differ() {
  simulated_machine simulated;
  kernel& calls = simulated.kernel;
  const std::size_t bytes = calls.page_bytes();
  const reserved_range page = calls.reserve(bytes, bytes, kernel::access::none);
  calls.unreserve(page.data, page.bytes);
  return (reinterpret_cast<std::uintptr_t>(page.data) / bytes >> 32) % 3 != 0;
}

TEST(page_probe, finds_by_what_the_kernel_counts_turns) {
  if (!turns_differ()) GTEST_SKIP() << "memory is mapped where both rules agree";
  for (const unsigned bits : {64U, 32U}) {
    for (const char* nodes : {"numa:3 pu:1", "numa:8 pu:1"}) {
      simulated_machine simulated(nodes);
      simulated.kernel.set_turn_bits(bits);
      // Where one is full the others tell.
      simulated.kernel.set_node_bytes(node_id{1}, 1);
      const page_policy serves(simulated.hardware, simulated.kernel);
      EXPECT_EQ(probe_turn_bits(simulated.kernel, serves), bits) << nodes;
      EXPECT_EQ(simulated.kernel.reserved_bytes(), 0u);
      EXPECT_EQ(simulated.kernel.resident_bytes(), 0u);
    }
  }
}

TEST(page_probe, needs_no_call_where_turns_are_the_same) {
  simulated_machine simulated("numa:2 pu:1");
  const page_policy serves(simulated.hardware, simulated.kernel);
  EXPECT_EQ(probe_turn_bits(simulated.kernel, serves), 64U);
  EXPECT_EQ(simulated.kernel.calls(kernel_call::reserve), 0U);
}

TEST(page_probe, takes_all_bits_where_the_kernel_tells_nothing) {
  if (!turns_differ()) GTEST_SKIP() << "memory is mapped where both rules agree";
  for (std::size_t n = 0; n < 6; ++n) {
    simulated_machine simulated("numa:3 pu:1");
    simulated.kernel.set_turn_bits(32);
    simulated.kernel.fail_any(n, ENOMEM);
    const page_policy serves(simulated.hardware, simulated.kernel);
    const unsigned bits = probe_turn_bits(simulated.kernel, serves);
    EXPECT_EQ(bits, simulated.kernel.has_failed() ? 64U : 32U) << n;
    EXPECT_EQ(simulated.kernel.reserved_bytes(), 0u);
  }
}

}  // namespace
}  // namespace nearmem
