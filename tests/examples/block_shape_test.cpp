#include "examples/fullnode/block_shape.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <vector>

#include <gtest/gtest.h>

namespace nearmem::fullnode {
namespace {

// A hundred blocks' worth of shapes.
std::vector<transaction_shape> many_shapes() {
  random_source random(413'567);
  std::vector<transaction_shape> shapes;
  for (int i = 0; i < 155'600; ++i)
    shapes.push_back(draw_shape(random));
  return shapes;
}

TEST(block_shape, has_the_sizes_of_the_real_block) {
  std::vector<std::size_t> sizes;
  double sum = 0;
  for (const transaction_shape& each : many_shapes()) {
    sizes.push_back(serialized_bytes(each));
    sum += static_cast<double>(sizes.back());
  }
  std::ranges::sort(sizes);
  EXPECT_GE(sizes.front(), 185u);
  EXPECT_EQ(sizes[sizes.size() / 2], 226u);
  EXPECT_NEAR(sum / static_cast<double>(sizes.size()), 642.1, 0.03 * 642.1);
  EXPECT_NEAR(static_cast<double>(sizes[sizes.size() * 9 / 10]), 814, 0.01 * 814);
  EXPECT_LE(sizes.back(), 65'244u);
  EXPECT_GE(sizes.back(), 65'000u);
}

TEST(block_shape, has_as_many_inputs_and_outputs_and_as_long_scripts) {
  std::map<std::size_t, double> input_lengths;
  std::map<std::size_t, double> output_lengths;
  double inputs = 0;
  double input_bytes = 0;
  double outputs = 0;
  std::vector<transaction_shape> shapes = many_shapes();
  for (const transaction_shape& each : shapes) {
    for (std::size_t length : each.input_script_bytes) {
      ++inputs;
      ++input_lengths[length];
      input_bytes += static_cast<double>(length);
    }
    for (std::size_t length : each.output_script_bytes) {
      ++outputs;
      ++output_lengths[length];
    }
  }
  auto transactions = static_cast<double>(shapes.size());
  EXPECT_NEAR(inputs / transactions, 4886.0 / 1556, 0.04 * 4886 / 1556);
  EXPECT_NEAR(outputs / transactions, 3580.0 / 1556, 0.02 * 3580 / 1556);
  EXPECT_NEAR(input_bytes / inputs, 662'314.0 / 4887, 0.03 * 662'314 / 4887);
  EXPECT_EQ(input_lengths.rbegin()->first, 254u);
  EXPECT_EQ(output_lengths.rbegin()->first, 30u);
  for (auto [length, times] : std::map<std::size_t, double>{
           {106, 1837}, {107, 1810}, {253, 425}, {254, 201}, {252, 198}}) {
    EXPECT_NEAR(input_lengths[length] / inputs, times / 4887, 0.02) << length;
  }
  for (auto [length, times] : std::map<std::size_t, double>{{25, 2841}, {23, 737}, {30, 3}}) {
    EXPECT_NEAR(output_lengths[length] / outputs, times / 3581, 0.005) << length;
  }
}

TEST(block_shape, draws_are_the_same_for_the_same_seed_everywhere) {
  // The engine's ten thousandth number is in the standard; the rest is arithmetic on whole numbers.
  random_source random(5489);
  for (int i = 1; i < 10'000; ++i)
    random.next();
  EXPECT_EQ(random.next(), 9'981'545'732'273'789'042u);
}

TEST(random_source, stays_below_its_bound_and_reaches_everything) {
  random_source random(1);
  std::vector<int> seen(7);
  for (int i = 0; i < 7000; ++i)
    ++seen.at(random.below(7));
  for (int times : seen)
    EXPECT_NEAR(times, 1000, 200);
  EXPECT_EQ(random.below(1), 0u);
}

}  // namespace
}  // namespace nearmem::fullnode
