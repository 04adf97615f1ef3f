#include "tools/standard_streams.hpp"

#include <string>

#include <gtest/gtest.h>

namespace nearmem::tools {
namespace {

TEST(standard_streams, write_output_as_it_is) {
  testing::internal::CaptureStdout();
  write_output("two\nlines\t\n");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "two\nlines\t\n");
}

TEST(standard_streams, write_errors_as_one_line_whatever_a_file_is_called) {
  testing::internal::CaptureStderr();
  write_error("a\nb\x1b[31m\x7f\xc3\xa4: missing");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "nearmem: a\\x0ab\\x1b[31m\\x7f\xc3\xa4: missing\n");
}

}  // namespace
}  // namespace nearmem::tools
