#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/node_descriptors.hpp>
#include <nearmem/alloc/page_account.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "tests/alloc/simulated_machine.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

struct made_descriptor {
  void* data;
  std::size_t bytes;
};

// An account whose thread runs now here, now there.
class node_descriptors_of_account : public testing::Test {
 protected:
  made_descriptor make_on(node_id node, std::size_t bytes) {
    const this_thread::assumed_node here(node);
    simulated.kernel.set_running_node(node);
    page_grant why;
    void* const data = account.make_descriptor(bytes, why);
    EXPECT_NE(data, nullptr);
    return {data, bytes};
  }
  void drop(const made_descriptor& what) { account.drop_descriptor(what.data, what.bytes); }

  simulated_machine simulated;
  page_source source = simulated.make();
  page_account account{resource_options{.pages = &source}};
};

TEST_F(node_descriptors_of_account, lie_on_the_node_of_the_thread_that_made_them) {
  std::mt19937_64 random(test_seed());
  std::map<node_id, std::vector<made_descriptor>> made;
  for (int i = 0; i < 400; ++i) {
    const node_id node = source.hardware().nodes()[random() % 8].id;
    made[node].push_back(make_on(node, 64 + random() % 1000));
    EXPECT_EQ(simulated.kernel.node_of(made[node].back().data), node);
  }
  EXPECT_EQ(account.metadata(), account.footprint());
  EXPECT_TRUE(account.audit());
  // Whichever node they are freed on.
  for (const auto& [node, all] : made) {
    for (const made_descriptor& each : all)
      drop(each);
  }
  EXPECT_EQ(account.footprint(), 0U);
}

TEST_F(node_descriptors_of_account, of_one_node_share_pages_whatever_lies_between) {
  std::set<std::uintptr_t> pages;
  std::vector<made_descriptor> made;
  for (int i = 0; i < 8; ++i) {
    made.push_back(make_on(node_id{5}, 64));
    pages.insert(reinterpret_cast<std::uintptr_t>(made.back().data) / source.page_bytes());
    made.push_back(make_on(node_id{2}, 64));
  }
  EXPECT_EQ(pages.size(), 1U);
  for (const made_descriptor& each : made)
    drop(each);
  EXPECT_EQ(account.footprint(), 0U);
}

}  // namespace
}  // namespace nearmem
