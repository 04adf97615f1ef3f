#include "tools/fullnode_view.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/tools/sample_run.hpp"
#include "tools/page/escape.hpp"

namespace nearmem::tools {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(fullnode_view, shows_components_nodes_and_the_process) {
  fullnode::run_sample sample = made_sample(8192);
  sample.components[1].footprint = 0;
  EXPECT_THAT(
      view_of(sample, "steady", 100),
      ElementsAre(
          "steady  2048.0 s  8,192,000 transactions  4,000 tx/s  2048 blocks",
          "mempool  ████████████████░░░░░░░░░░░░░░░░  51%  32.8 MiB of 64 MiB  15,025 evicted",
          "coins    ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0%  0 B of 64 MiB       15,025 evicted",
          "node 0 65.6 MiB  node 2 100 B",
          "accounted 65.6 MiB of 128 MiB, resident 70.6 MiB, virtual 1 TiB"));
}

TEST(fullnode_view, is_never_wider_than_the_terminal) {
  fullnode::run_sample sample = made_sample(8000);
  sample.components[0].name = std::string(300, 'x') + "\x1b[31m\xff";
  for (std::size_t width = 0; width < 200; ++width) {
    for (const std::string& line : view_of(sample, "steady", width))
      ASSERT_LE(page::code_points(line), width) << line;
  }
}

TEST(fullnode_view, gives_up_the_bars_where_there_is_little_room) {
  EXPECT_THAT(view_of(made_sample(8192), "steady", 50)[1], Not(HasSubstr("█")));
  EXPECT_THAT(view_of(made_sample(8192), "steady", 50)[1], HasSubstr("32.8 MiB of 64 MiB"));
}

TEST(fullnode_view, writes_no_control_characters_of_names) {
  fullnode::run_sample sample = made_sample(1);
  sample.components[0].name = "a\x1b[2J\n";
  sample.suspected_leaks = {"b\x1b[2J"};
  for (const std::string& line : view_of(sample, "steady", 100)) {
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
    EXPECT_EQ(line.find('\n'), std::string::npos);
  }
}

TEST(fullnode_view, shows_what_has_no_limit_and_what_the_kernel_does_not_say) {
  fullnode::run_sample sample = made_sample(8192);
  sample.components.resize(1);
  sample.components[0].limit = 0;
  sample.limit = 0;
  sample.resident.reset();
  sample.virtual_bytes.reset();
  const std::vector<std::string> lines = view_of(sample, "flood", 80);
  EXPECT_THAT(lines[1], Not(HasSubstr(" of ")));
  EXPECT_EQ(lines.back(), "accounted 65.6 MiB");
  EXPECT_FALSE(view_of({}, "empty", 80).empty());
}

TEST(fullnode_view, names_suspected_leaks) {
  fullnode::run_sample sample = made_sample(1);
  sample.suspected_leaks = {"orphans"};
  EXPECT_EQ(view_of(sample, "steady", 80).back(), "leak suspected: orphans");
}

}  // namespace
}  // namespace nearmem::tools
