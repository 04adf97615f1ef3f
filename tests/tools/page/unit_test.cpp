#include "tools/page/unit.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace nearmem::page {
namespace {

TEST(unit, shows_bytes_in_binary_units) {
  EXPECT_EQ(show_value(0, unit::bytes), "0 B");
  EXPECT_EQ(show_value(1, unit::bytes), "1 B");
  EXPECT_EQ(show_value(1023, unit::bytes), "1,023 B");
  EXPECT_EQ(show_value(1024, unit::bytes), "1 KiB");
  EXPECT_EQ(show_value(1536, unit::bytes), "1.5 KiB");
  EXPECT_EQ(show_value(1048575, unit::bytes), "1 MiB") << "rounds into the next unit";
  EXPECT_EQ(show_value(300.0 * 1048576, unit::bytes), "300 MiB");
  EXPECT_EQ(show_value(-1536, unit::bytes), "-1.5 KiB");
  EXPECT_EQ(show_value(std::exp2(64), unit::bytes), "16 EiB");
  EXPECT_EQ(show_value(1e300, unit::bytes), "8.67e+281 EiB");
}

TEST(unit, shows_times_in_the_unit_that_fits) {
  EXPECT_EQ(show_value(83.21, unit::nanoseconds), "83.2 ns");
  EXPECT_EQ(show_value(0.31, unit::nanoseconds), "0.31 ns");
  EXPECT_EQ(show_value(999.7, unit::nanoseconds), "1 µs");
  EXPECT_EQ(show_value(4.1e6, unit::nanoseconds), "4.1 ms");
  EXPECT_EQ(show_value(2.5e9, unit::nanoseconds), "2.5 s");
  EXPECT_EQ(show_value(0.0125, unit::seconds), "12.5 ms");
  EXPECT_EQ(show_value(83e-9, unit::seconds), "83 ns");
  EXPECT_EQ(show_value(12345, unit::seconds), "12,345 s");
  EXPECT_EQ(show_value(0, unit::seconds), "0 s");
  EXPECT_EQ(show_value(0, unit::nanoseconds), "0 ns");
  EXPECT_EQ(show_value(0, unit::seconds, 0.005), "0 ms");
}

TEST(unit, shows_numbers_rates_and_parts) {
  EXPECT_EQ(show_value(12345.4, unit::number), "12,345");
  EXPECT_EQ(show_value(1234567, unit::number), "1,234,567");
  EXPECT_EQ(show_value(0.5, unit::number), "0.5");
  EXPECT_EQ(show_value(1e-9, unit::number), "1e-09");
  EXPECT_EQ(show_value(1e20, unit::number), "1e+20");
  EXPECT_EQ(show_value(154321.2, unit::per_second), "154,321/s");
  EXPECT_EQ(show_value(12.34e9, unit::bytes_per_second), "12.3 GB/s");
  EXPECT_EQ(show_value(12.5, unit::percent), "12.5 %");
}

TEST(unit, shows_what_is_no_number_as_a_sign) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(show_value(std::nan(""), unit::bytes), "–");
  EXPECT_EQ(show_value(infinity, unit::seconds), "∞");
  EXPECT_EQ(show_value(-infinity, unit::seconds), "−∞");
}

TEST(unit, shows_as_many_digits_as_steps_need) {
  EXPECT_EQ(show_value(1, unit::number, 0.25), "1.00");
  EXPECT_EQ(show_value(1.25, unit::number, 0.25), "1.25");
  EXPECT_EQ(show_value(0.5, unit::number, 0.1), "0.5");
  EXPECT_EQ(show_value(1.25 * 1024, unit::bytes, 256), "1.25 KiB");
  EXPECT_EQ(show_value(1048578, unit::bytes, 2), "1,048,578 B") << "told apart from a MiB";
  EXPECT_EQ(show_value(0, unit::bytes, 64.0 * 1048576), "0 MiB") << "zero in the steps' unit";
  EXPECT_EQ(show_value(1000001, unit::nanoseconds, 1), "1,000.001 µs");
}

}  // namespace
}  // namespace nearmem::page
