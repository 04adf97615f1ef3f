#include "tools/fullnode_history.hpp"

#include <gtest/gtest.h>

#include "tests/tools/sample_run.hpp"

namespace nearmem::tools {
namespace {

TEST(fullnode_history, keeps_all_of_a_short_run) {
  fullnode_history history;
  EXPECT_TRUE(history.samples().empty());
  for (std::size_t n = 0; n < 100; ++n)
    history.add(made_sample(n));
  ASSERT_EQ(history.samples().size(), 100U);
  EXPECT_EQ(history.samples()[37].transactions, 37'000U);
}

TEST(fullnode_history, keeps_an_even_choice_of_a_long_run) {
  fullnode_history history;
  for (std::size_t n = 0; n < 10'000; ++n) {
    history.add(made_sample(n));
    const auto& kept = history.samples();
    ASSERT_LE(kept.size(), fullnode_history::most + 1);
    ASSERT_EQ(kept.front().transactions, 0U);
    ASSERT_EQ(kept.back().transactions, n * 1000) << "the newest is always there";
    ASSERT_TRUE(n < 1000 || kept.size() >= fullnode_history::most / 2);
  }
  const auto& kept = history.samples();
  for (std::size_t i = 2; i + 1 < kept.size(); ++i) {
    ASSERT_EQ(kept[i].transactions - kept[i - 1].transactions,
              kept[1].transactions - kept[0].transactions);
  }
}

}  // namespace
}  // namespace nearmem::tools
