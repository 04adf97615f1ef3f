#include "tools/fullnode_page.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/tools/page/page_check.hpp"
#include "tests/tools/sample_run.hpp"

namespace nearmem::tools {
namespace {

std::vector<fullnode::run_sample> run_of(std::size_t samples) {
  std::vector<fullnode::run_sample> all;
  for (std::size_t n = 0; n < samples; ++n)
    all.push_back(made_sample(n));
  return all;
}

TEST(fullnode_page, shows_the_runs_curves) {
  const std::string html = to_html(page_of(run_of(50), "steady", "one thread"));
  for (const char* text :
       {"A full node&#39;s run: steady", "49,000 transactions arrived in 12.2 s",
        "Run with one thread.", "The process against its budget", "budget 128 MiB",
        "resident, says the kernel", "Charged against modelled", "Transactions a second",
        "Objects let go", "mempool", "budget 64 MiB", "Footprint by memory node", "node 2",
        "Components when the run ended"}) {
    EXPECT_NE(html.find(text), std::string::npos) << text;
  }
  page::expect_good_page(html);
}

TEST(fullnode_page, names_suspected_leaks_at_the_top) {
  std::vector<fullnode::run_sample> all = run_of(3);
  all.back().suspected_leaks = {"coins"};
  EXPECT_EQ(page_of(all, "steady", "").remarks.front(),
            "A leak is suspected: coins grows and lets nothing go.");
}

TEST(fullnode_page, is_good_for_runs_of_any_length_and_for_odd_samples) {
  for (std::size_t samples : {0U, 1U, 2U})
    page::expect_good_page(to_html(page_of(run_of(samples), "flood", "Short.")));
  std::vector<fullnode::run_sample> odd = run_of(4);
  odd[1] = {};
  odd[2].resident.reset();
  odd[3].components[0].name = "<b>\xff";
  odd[3].limit = 0;
  odd[3].seconds = odd[2].seconds;
  const std::string html = to_html(page_of(odd, "<i>", "</p>"));
  EXPECT_EQ(html.find("<b>"), std::string::npos);
  page::expect_good_page(html);
}

TEST(fullnode_page, has_the_rate_between_the_samples_it_has) {
  std::vector<fullnode::run_sample> all = run_of(5);
  // The last sample of a run, a moment after the one before.
  all.push_back(all.back());
  all.back().seconds += 0.001;
  const page::document made = page_of(all, "steady", "");
  const auto& chart = std::get<page::line_chart>(made.sections[2].blocks[0]);
  ASSERT_EQ(chart.series[0].points.size(), 4U);
  for (const page::chart_point& point : chart.series[0].points)
    EXPECT_EQ(point.y, 4000);
}

}  // namespace
}  // namespace nearmem::tools
