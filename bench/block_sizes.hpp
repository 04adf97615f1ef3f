#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace nearmem::bench {

// Sizes and picks are drawn beforehand: the generator is not what is measured.
inline constexpr std::size_t drawn = std::size_t{1} << 16;

// Uniform in [least, most].
inline std::vector<std::uint32_t> uniform_sizes(std::uint32_t least, std::uint32_t most,
                                                std::uint64_t seed = 7) {
  std::mt19937_64 random(seed);
  std::vector<std::uint32_t> sizes(drawn);
  for (std::uint32_t& bytes : sizes)
    bytes = least + static_cast<std::uint32_t>(random() % (most - least + 1));
  return sizes;
}

// Small ones often, large ones seldom: each power of two as likely as the next.
inline std::vector<std::uint32_t> mixed_sizes(std::uint32_t least, std::uint32_t most,
                                              std::uint64_t seed = 7) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(std::log2(least), std::log2(most));
  std::vector<std::uint32_t> sizes(drawn);
  for (std::uint32_t& bytes : sizes)
    bytes = static_cast<std::uint32_t>(std::exp2(exponent(random)));
  return sizes;
}

// Of transactions: log-normal around a median, between 20 and 4,000 bytes.
inline std::vector<std::uint32_t> log_normal_sizes(double median, double sigma,
                                                   std::uint64_t seed = 7) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> size(std::log(median), sigma);
  std::vector<std::uint32_t> sizes(drawn);
  for (std::uint32_t& bytes : sizes)
    bytes = static_cast<std::uint32_t>(std::clamp(size(random), 20.0, 4000.0));
  return sizes;
}

// Of [0, below).
inline std::vector<std::uint32_t> random_picks(std::size_t below, std::uint64_t seed = 11) {
  std::mt19937_64 random(seed);
  std::vector<std::uint32_t> picks(drawn);
  for (std::uint32_t& pick : picks)
    pick = static_cast<std::uint32_t>(random() % below);
  return picks;
}

}  // namespace nearmem::bench
