#include "tools/fullnode_families.hpp"

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <prometheus/text_serializer.h>

#include "tests/tools/sample_run.hpp"

namespace nearmem::tools {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const fullnode::run_sample& sample) {
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families_of(sample));
  return text.str();
}

TEST(fullnode_families, has_every_value_of_the_sample) {
  const std::string text = text_of(made_sample(10));
  for (const char* line : {
           "# TYPE nearmem_fullnode_transactions_total counter",
           "nearmem_fullnode_run_seconds 2.5\n",
           "nearmem_fullnode_transactions_total 10000\n",
           "nearmem_fullnode_transactions_per_second 4000\n",
           "nearmem_fullnode_blocks_total 2\n",
           "nearmem_fullnode_component_budget_bytes{component=\"mempool\"} 67108864\n",
           "nearmem_fullnode_component_charged_bytes{component=\"coins\"} 40960\n",
           "nearmem_fullnode_component_modelled_bytes{component=\"coins\"} 45000\n",
           "nearmem_fullnode_component_unused_bytes{component=\"coins\"} 1000\n",
           "nearmem_fullnode_component_metadata_bytes{component=\"coins\"} 512\n",
           "nearmem_fullnode_component_footprint_bytes{component=\"mempool\"} 42472\n",
           "nearmem_fullnode_component_peak_footprint_bytes{component=\"mempool\"} 42472\n",
           "nearmem_fullnode_component_objects{component=\"mempool\"} 30\n",
           "nearmem_fullnode_component_leak_suspected{component=\"mempool\"} 0\n",
           "nearmem_fullnode_evictions_total{component=\"mempool\",reason=\"full\"} 10\n",
           "nearmem_fullnode_evictions_total{component=\"mempool\",reason=\"age\"} 5\n",
           "nearmem_fullnode_evictions_total{component=\"mempool\",reason=\"spent\"} 7\n",
           "nearmem_fullnode_evictions_total{component=\"mempool\",reason=\"lru\"} 0\n",
           "nearmem_fullnode_evictions_total{component=\"mempool\",reason=\"flushed\"} 3\n",
           "nearmem_fullnode_node_footprint_bytes{node=\"0\"} 84844\n",
           "nearmem_fullnode_node_footprint_bytes{node=\"2\"} 100\n",
           "nearmem_fullnode_budget_bytes 134217728\n",
           "nearmem_fullnode_page_layer_bytes 8192\n",
           "nearmem_fullnode_accounted_bytes 93136\n",
           "nearmem_fullnode_resident_bytes 5336016\n",
           "nearmem_fullnode_virtual_bytes 1099511627776\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(fullnode_families, leaves_out_what_the_kernel_does_not_say) {
  fullnode::run_sample sample = made_sample(1);
  sample.resident.reset();
  sample.virtual_bytes.reset();
  EXPECT_THAT(text_of(sample), Not(HasSubstr("resident")));
  EXPECT_THAT(text_of(sample), Not(HasSubstr("virtual")));
}

TEST(fullnode_families, says_which_component_is_suspected_of_a_leak) {
  fullnode::run_sample sample = made_sample(1);
  sample.suspected_leaks = {"coins"};
  EXPECT_THAT(text_of(sample), HasSubstr("leak_suspected{component=\"coins\"} 1\n"));
  EXPECT_THAT(text_of(sample), HasSubstr("leak_suspected{component=\"mempool\"} 0\n"));
}

TEST(fullnode_families, keeps_names_in_their_quotes) {
  fullnode::run_sample sample = made_sample(1);
  sample.components[0].name = "a\"b\\c\nd";
  EXPECT_THAT(text_of(sample), HasSubstr("objects{component=\"a\\\"b\\\\c\\nd\"} 3\n"));
}

std::string command_of_promtool() {
  const std::string unpacked = NEARMEM_SOURCES "/build/promtool";
  if (std::system(("test -x " + unpacked).c_str()) == 0) return unpacked;
  return std::system("command -v promtool >/dev/null 2>&1") == 0 ? "promtool" : "";
}

TEST(fullnode_families, is_accepted_by_promtool) {
  const std::string command = command_of_promtool();
  if (command.empty()) GTEST_SKIP() << "promtool (in Debian's package prometheus) is not here";
  FILE* const promtool = popen((command + " check metrics").c_str(), "w");
  ASSERT_NE(promtool, nullptr);
  const std::string text = text_of(made_sample(10));
  EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), promtool), text.size());
  EXPECT_EQ(pclose(promtool), 0);
}

}  // namespace
}  // namespace nearmem::tools
