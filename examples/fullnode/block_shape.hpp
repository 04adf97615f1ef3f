#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace nearmem::fullnode {

// Random numbers that are the same for the same seed with every standard library: the engine's
// numbers are fixed by the standard, those of its distributions are not.
class random_source {
 public:
  explicit random_source(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t next() { return engine_(); }
  // From 0 to bound - 1; a bound has 32 bits at most and is not 0.
  std::uint64_t below(std::uint64_t bound) { return ((engine_() >> 32) * bound) >> 32; }

 private:
  std::mt19937_64 engine_;
};

// The sizes of a transaction's parts.
struct transaction_shape {
  std::vector<std::size_t> input_script_bytes;   // one for each input
  std::vector<std::size_t> output_script_bytes;  // one for each output
};

// Draws shapes as they are distributed in Bitcoin's block 413,567: how many inputs and outputs, and
// how long the scripts, by the kind of script that is spent, one kind a transaction.
//
//   transaction bytes      min 188   median 226   mean 640   p90 812   max 65,244
//   that block's own       min 185   median 226   mean 642   p90 814   max 65,244
//
// A shape that would exceed the largest is drawn again. O(inputs + outputs).
transaction_shape draw_shape(random_source& random);

// Bytes that a transaction of this shape has, without witness.
std::size_t serialized_bytes(const transaction_shape& shape);

inline constexpr std::size_t most_transaction_bytes = 65'244;

}  // namespace nearmem::fullnode
