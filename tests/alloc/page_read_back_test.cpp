#include <cerrno>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_read_back.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

class page_read_back : public testing::Test {
 protected:
  page_read_back() {
    simulated.kernel.set_running_node(node_id{2});
    range = simulated.kernel.reserve(1000 * page, page, kernel::access::none);
    simulated.kernel.open(range.data, range.bytes);
  }
  ~page_read_back() override { simulated.kernel.unreserve(range.data, range.bytes); }

  read_back look(node_id node) {
    return read_back_run(simulated.kernel, {range.data, range.bytes}, node);
  }

  simulated_machine simulated;
  const std::size_t page = simulated.kernel.page_bytes();
  reserved_range range;
};

TEST_F(page_read_back, sees_every_page) {
  simulated.kernel.populate(range.data, range.bytes);
  EXPECT_EQ(look(node_id{2}), read_back::in_place);
  EXPECT_EQ(look(node_id{3}), read_back::strayed);
  for (const std::size_t stray : {0U, 255U, 256U, 999U}) {
    simulated.kernel.migrate(range.data + stray * page, page, node_id{5});
    EXPECT_EQ(look(node_id{2}), read_back::strayed) << stray;
    simulated.kernel.migrate(range.data + stray * page, page, node_id{2});
  }
}

TEST_F(page_read_back, holds_a_page_that_is_nowhere_for_no_stray) {
  simulated.kernel.populate(range.data, 10 * page);
  EXPECT_EQ(look(node_id{2}), read_back::in_place);
}

TEST_F(page_read_back, knows_that_it_does_not_know) {
  simulated.kernel.populate(range.data, range.bytes);
  simulated.kernel.refuse_locate(EPERM);
  EXPECT_EQ(look(node_id{3}), read_back::unknown);
  EXPECT_EQ(node_of_page(simulated.kernel, range.data, node_id{7}), node_id{7});
}

TEST_F(page_read_back, names_the_node_of_a_page) {
  EXPECT_EQ(node_of_page(simulated.kernel, range.data, node_id{7}), node_id{7});
  simulated.kernel.populate(range.data, page);
  EXPECT_EQ(node_of_page(simulated.kernel, range.data, node_id{7}), node_id{2});
}

}  // namespace
}  // namespace nearmem
