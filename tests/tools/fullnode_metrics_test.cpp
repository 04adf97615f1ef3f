#include "tools/fullnode_metrics.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include <gmock/gmock.h>

#include "tests/tools/loopback_fetch.hpp"
#include "tests/tools/sample_run.hpp"
#include "tools/command.hpp"

namespace nearmem::tools {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// The value of a metric in what was fetched; 0 where it is not there.
std::uint64_t value_of(const std::string& answer, const std::string& metric) {
  const std::size_t at = answer.find("\n" + metric + " ");
  return at == std::string::npos
             ? 0
             : static_cast<std::uint64_t>(std::stod(answer.substr(at + metric.size() + 2)));
}

TEST(fullnode_metrics, serves_the_newest_sample_at_a_free_port) {
  fullnode_metrics metrics(0);
  ASSERT_NE(metrics.port(), 0);
  EXPECT_THAT(fetch(metrics.port(), "/metrics"), HasSubstr("200 OK"));
  EXPECT_THAT(fetch(metrics.port(), "/metrics"), Not(HasSubstr("nearmem_fullnode")));
  metrics.show(made_sample(1));
  metrics.show(made_sample(10));
  EXPECT_THAT(fetch(metrics.port(), "/metrics"),
              HasSubstr("\nnearmem_fullnode_transactions_total 10000\n"));
  EXPECT_THAT(fetch(metrics.port(), "/nothing"), HasSubstr("404"));
}

TEST(fullnode_metrics, answers_in_the_format_that_is_asked_for) {
  fullnode_metrics metrics(0);
  metrics.show(made_sample(10));
  // As Prometheus 2 and 3 ask, and who says nothing, or that anything will do.
  for (const char* accept :
       {"application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;"
        "version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        "", "*/*"}) {
    const std::string answer = fetch(metrics.port(), "/metrics", accept);
    EXPECT_THAT(answer, HasSubstr("\nContent-Type: application/openmetrics-text; version=1.0.0; "
                                  "charset=utf-8\r\n"))
        << accept;
    EXPECT_THAT(answer, HasSubstr("\n# TYPE nearmem_fullnode_transactions counter\n"));
    EXPECT_THAT(answer, EndsWith("\n# EOF\n"));
  }
  // Old scrapers, and browsers.
  for (const char* accept : {"text/plain; version=0.0.4", "text/html,application/xml;q=0.9"}) {
    const std::string answer = fetch(metrics.port(), "/metrics", accept);
    EXPECT_THAT(answer, HasSubstr("\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    EXPECT_THAT(answer, HasSubstr("\n# TYPE nearmem_fullnode_transactions_total counter\n"));
    EXPECT_THAT(answer, Not(HasSubstr("EOF")));
  }
}

TEST(fullnode_metrics, serves_whole_samples_while_a_run_goes_on) {
  fullnode_metrics metrics(0);
  metrics.show(made_sample(1));
  std::atomic<bool> ended{false};
  std::thread run([&] {
    for (std::size_t n = 1; !ended; ++n)
      metrics.show(made_sample(n));
  });
  std::uint64_t before = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string answer = fetch(metrics.port(), "/metrics");
    const std::uint64_t arrived = value_of(answer, "nearmem_fullnode_transactions_total");
    EXPECT_GE(arrived, before);
    before = arrived;
    const fullnode::run_sample sample = made_sample(arrived / 1000);
    EXPECT_EQ(value_of(answer, "nearmem_fullnode_accounted_bytes"), sample.accounted);
    EXPECT_EQ(value_of(answer, "nearmem_fullnode_component_footprint_bytes{component=\"coins\"}"),
              sample.components[1].footprint);
  }
  ended = true;
  run.join();
}

TEST(fullnode_metrics, refuses_a_port_in_use_with_one_line) {
  const fullnode_metrics first(0);
  try {
    const fullnode_metrics second(first.port());
    FAIL() << "two servers at one port";
  } catch (const bad_input& error) {
    EXPECT_EQ(error.what(),
              "--metrics: cannot listen on port " + std::to_string(first.port()) + " of 127.0.0.1");
  }
}

TEST(fullnode_metrics, ends_with_the_run) {
  std::uint16_t port = 0;
  {
    fullnode_metrics metrics(0);
    metrics.show(made_sample(1));
    port = metrics.port();
  }
  // Somebody else's server may have got the port by now.
  EXPECT_THAT(fetch(port, "/metrics"), Not(HasSubstr("nearmem_fullnode")));
}

}  // namespace
}  // namespace nearmem::tools
