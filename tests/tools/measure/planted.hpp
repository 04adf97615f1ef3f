#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <nearmem/topology/machine.hpp>

#include "tools/measure/report.hpp"

namespace nearmem::measure {

// Samples of something that takes `base`, each disturbed by up to some multiple of `noise`, as a
// share of it: always for the worse, mostly little, sometimes much.
class planted_noise {
 public:
  planted_noise(std::uint64_t seed, double noise) : random_(seed), noise_(noise) {}

  figure around(double base, std::size_t samples = 15, better direction = better::lower) {
    std::exponential_distribution<double> disturbance(1);
    std::vector<double> all;
    for (std::size_t i = 0; i < samples; ++i) {
      const double factor = 1 + noise_ * disturbance(random_);
      all.push_back(direction == better::lower ? base * factor : base / factor);
    }
    return *make_figure(std::move(all), direction);
  }

 private:
  std::mt19937_64 random_;
  double noise_;
};

// A report of a machine without figures.
inline report empty_report(const char* machine_text = "pack:2 [numa] l2:1 core:2 pu:1") {
  report result{.hardware = machine::from_synthetic(machine_text)};
  result.fingerprint = result.hardware.fingerprint();
  result.rounds = 15;
  result.seconds = 1.5;
  result.circumstances = look_around(result.hardware);
  return result;
}

inline row row_of(std::string series, std::size_t bytes, const figure& value) {
  return {.series = std::move(series), .bytes = bytes, .value = value};
}

inline row cell_of(std::string series, unsigned from, unsigned to, const figure& value) {
  return {.series = std::move(series), .bytes = 1 << 20, .from = from, .to = to, .value = value};
}

// Increments that take three times as long on one line of `line` bytes.
inline part_report planted_sharing(planted_noise& noise, std::size_t line) {
  part_report sharing{part::interference, {}};
  for (const std::size_t distance : {8U, 16U, 32U, 64U, 128U, 256U, 4096U}) {
    sharing.rows.push_back(
        row_of("increment", distance, noise.around(distance < line ? 15.0 : 5.0)));
  }
  return sharing;
}

}  // namespace nearmem::measure
