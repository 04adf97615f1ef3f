#include <string>

#include <gtest/gtest.h>

#include <nearmem/accounting/contract.hpp>

namespace nearmem {
namespace {

std::string heard;

void listen(const char* line) noexcept {
  heard = line;
}

TEST(contract, is_silent_without_a_sink) {
  ASSERT_EQ(set_diagnostic_sink(nullptr), nullptr);
  diagnose("nobody hears this");
}

TEST(contract, says_one_line_to_the_sink_until_it_is_taken_away) {
  heard.clear();
  set_diagnostic_sink(listen);
  diagnose("first");
  EXPECT_EQ(heard, "first");
  EXPECT_EQ(set_diagnostic_sink(nullptr), &listen);
  diagnose("second");
  EXPECT_EQ(heard, "first");
}

TEST(contract, lets_a_kept_duty_pass) {
  expects(true, "kept");
}

TEST(contract, ends_the_process_with_the_broken_duty_named) {
  EXPECT_DEATH(contract_violation("size differs"), "contract violated: size differs");
}

}  // namespace
}  // namespace nearmem
