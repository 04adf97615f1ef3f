// Every kind of resource on machines of every shape that is sold: where its pages lie, whose word
// it is, and where they go when a node is full.
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/binding_error.hpp>
#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "tests/alloc/simulated_machine.hpp"
#include "tests/support/resource_kinds.hpp"

namespace nearmem {
namespace {

struct shape {
  const char* name;
  const char* synthetic;  // or nullptr: the file of that name
};

constexpr shape shapes[] = {
    {"one node", "numa:1(memory=1GB) core:4 pu:1"},
    {"two packages", "pack:2 [numa(memory=1GB)] l3:1 core:2 pu:2"},
    {"sub-NUMA clusters of four", "pack:2 numa:4(memory=1GB) core:2 pu:2"},
    {"four nodes a socket with core complexes", "pack:2 numa:4(memory=1GB) l3:2 core:2 pu:2"},
    {"eight packages", "pack:8 [numa(memory=1GB)] l3:1 core:2 pu:1"},
    {"a hole in the node numbers", "pack:4 [numa(memory=1GB indexes=0,1,3,8)] core:2 pu:1"},
    {"CPU numbers beyond their count", "pack:2 [numa(memory=1GB)] core:2 pu:1(indexes=4,70,5,200)"},
    {"lines of 128 bytes", nullptr},
    {"high-bandwidth memory beside DRAM", nullptr},
};

machine machine_of(const shape& what) {
  if (what.synthetic != nullptr) return machine::from_synthetic(what.synthetic);
  const bool wide = std::string(what.name).starts_with("lines");
  return machine::from_xml(std::filesystem::path(NEARMEM_TOPOLOGIES) /
                           (wide ? "odd_caches.xml" : "memory_tiers.xml"));
}

template <class Kind>
class on_every_machine : public testing::Test {
 protected:
  // Calls work(simulated machine, source) for every shape.
  template <class Work>
  static void for_each_machine(Work work) {
    for (const shape& each : shapes) {
      SCOPED_TRACE(each.name);
      simulated_machine simulated(machine_of(each), 32 * mebibyte);
      page_source source = simulated.make();
      work(simulated, source);
      EXPECT_TRUE(source.audit());
    }
  }

  // Takes blocks of many sizes and writes to them; where the kernel has none of their pages
  // elsewhere, true.
  static testing::AssertionResult fills_on(Kind& kind, const simulated_machine& simulated,
                                           node_id node) {
    for (std::size_t i = 0; i < 40; ++i) {
      const std::size_t bytes = std::min<std::size_t>(1 + i * 97, Kind::most_bytes);
      auto* const data = static_cast<std::byte*>(kind.take(bytes));
      std::memset(data, 1, bytes);
      for (const std::byte* at : {data, data + bytes - 1}) {
        const auto found = simulated.kernel.node_of(at);
        if (found == node) continue;
        return testing::AssertionFailure() << "block " << i << " is not on " << to_number(node);
      }
    }
    return testing::AssertionSuccess();
  }

  static void expect_on(const simulated_machine& simulated, page_source& source,
                        const placement& where, node_id node, binding_outcome outcome,
                        bool spilled = false) {
    SCOPED_TRACE(where.to_string() + " on node " + std::to_string(to_number(node)));
    Kind kind(resource_options{.where = where, .pages = &source});
    EXPECT_TRUE(fills_on(kind, simulated, node));
    const node_usage usage = kind.resource.usage(node);
    EXPECT_EQ(usage.footprint, kind.resource.usage().footprint);
    EXPECT_EQ(usage.outcome, outcome);
    EXPECT_EQ(usage.spilled, spilled ? usage.footprint : 0U);
    EXPECT_EQ(kind.resource.audit_residency().total().misplaced, 0U);
  }
};

TYPED_TEST_SUITE(on_every_machine, resource_kinds);

TYPED_TEST(on_every_machine, lies_where_it_was_asked_for) {
  this->for_each_machine([&](simulated_machine& simulated, page_source& source) {
    for (const numa_node& node : simulated.hardware.nodes()) {
      this->expect_on(simulated, source, placement::preferred(node.id), node.id,
                      binding_outcome::preferred);
      this->expect_on(simulated, source, placement::bind(node.id), node.id, binding_outcome::bound);
    }
  });
}

TYPED_TEST(on_every_machine, lies_where_its_thread_runs) {
  this->for_each_machine([&](simulated_machine& simulated, page_source& source) {
    for (const numa_node& node : simulated.hardware.nodes()) {
      // Memory of other kinds is never what a thread is given unasked.
      if (node.kind != memory_kind::dram) continue;
      EXPECT_EQ(simulated.hardware.node_of_cpu(*node.cpus.begin()), node.id);
      const this_thread::assumed_node here(node.id);
      this->expect_on(simulated, source, placement::local(), node.id, binding_outcome::preferred);
    }
  });
}

TYPED_TEST(on_every_machine, goes_to_the_next_nearest_where_a_node_is_full) {
  this->for_each_machine([&](simulated_machine& simulated, page_source& source) {
    if (simulated.hardware.nodes().size() == 1) return;
    for (const numa_node& node : simulated.hardware.nodes()) {
      const node_id next = simulated.hardware.fallback_order(node.id)[1];
      simulated.kernel.set_node_bytes(node.id, 0);
      this->expect_on(simulated, source, placement::preferred(node.id), next,
                      binding_outcome::preferred, true);
      TypeParam bound(resource_options{.where = placement::bind(node.id), .pages = &source});
      EXPECT_THROW(bound.take(100), binding_error);
      EXPECT_EQ(bound.resource.usage().footprint, 0U);
      simulated.kernel.set_node_bytes(node.id, 64 * mebibyte);
    }
  });
}

}  // namespace
}  // namespace nearmem
