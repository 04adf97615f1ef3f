#include "tools/fullnode_open_metrics.hpp"

#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>

#include "tests/tools/sample_run.hpp"
#include "tools/fullnode_families.hpp"

namespace nearmem::tools {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(fullnode_open_metrics, has_every_line_in_the_formats_grammar) {
  fullnode::run_sample sample = made_sample(10);
  sample.components[0].name = "a\"b\\c\nd";
  const std::string text = to_open_metrics(families_of(sample));
  const std::regex type("# TYPE ([a-z_]+) (gauge|counter)");
  const std::regex help("# HELP ([a-z_]+) [^\n]+");
  const std::regex value(
      R"re(([a-z_]+)(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)+\})? -?[0-9.]+(e[+-]?[0-9]+)?)re");
  std::string family;
  std::string kind;
  std::set<std::string> families;
  std::size_t values = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (line == "# EOF") break;
    if (std::regex_match(line, found, type)) {
      family = found[1];
      kind = found[2];
      EXPECT_TRUE(families.insert(family).second) << "a family's lines stand together: " << line;
      EXPECT_THAT(family, Not(EndsWith("_total")));
    } else if (std::regex_match(line, found, help)) {
      EXPECT_EQ(found[1], family);
    } else {
      ASSERT_TRUE(std::regex_match(line, found, value)) << line;
      EXPECT_EQ(found[1], family + (kind == "counter" ? "_total" : "")) << line;
      ++values;
    }
  }
  EXPECT_THAT(text, EndsWith("\n# EOF\n"));
  EXPECT_EQ(text.find("# EOF"), text.size() - 6) << "once, at the end";
  EXPECT_GT(values, 30u);
  EXPECT_THAT(text, HasSubstr("\n# TYPE nearmem_fullnode_transactions counter\n"));
  EXPECT_THAT(text, HasSubstr("\nnearmem_fullnode_transactions_total 10000\n"));
  EXPECT_THAT(text,
              HasSubstr("\nnearmem_fullnode_component_objects{component=\"a\\\"b\\\\c\\nd\"}"));
}

TEST(fullnode_open_metrics, ends_even_where_there_is_nothing_to_say) {
  EXPECT_EQ(to_open_metrics({}), "# EOF\n");
  prometheus::MetricFamily other;
  other.name = "of_another_kind";
  other.type = prometheus::MetricType::Histogram;
  EXPECT_EQ(to_open_metrics({other}), "# EOF\n");
  prometheus::MetricFamily counter;
  counter.name = "things";
  counter.help = "counted";
  counter.type = prometheus::MetricType::Counter;
  counter.metric.emplace_back().counter.value = 3;
  EXPECT_THAT(to_open_metrics({counter}), StartsWith("# TYPE things counter\n"));
  EXPECT_THAT(to_open_metrics({counter}), HasSubstr("\nthings_total 3\n"));
}

}  // namespace
}  // namespace nearmem::tools
