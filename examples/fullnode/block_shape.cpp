#include "examples/fullnode/block_shape.hpp"

#include <array>
#include <numeric>
#include <span>

namespace nearmem::fullnode {
namespace {

// How often a value occurs in the block.
struct frequency {
  std::uint32_t value;
  std::uint32_t times;
};
using frequencies = std::span<const frequency>;

std::size_t draw(frequencies table, random_source& random) {
  std::uint64_t all = 0;
  for (const frequency& each : table)
    all += each.times;
  std::uint64_t drawn = random.below(all);
  for (const frequency& each : table) {
    if (drawn < each.times) return each.value;
    drawn -= each.times;
  }
  return table.back().value;
}

// Of payments to a key's hash, compressed: 105 to 107 bytes spend one.
constexpr frequency key_scripts[] = {{105, 14}, {106, 1837}, {107, 1810}};
constexpr frequency key_inputs[] = {
    {1, 885}, {2, 147}, {3, 66}, {4, 22},  {5, 33},  {6, 21},  {7, 13}, {8, 5},  {9, 2},
    {10, 2},  {12, 3},  {17, 2}, {24, 1},  {26, 1},  {27, 1},  {31, 1}, {35, 1}, {45, 1},
    {56, 1},  {80, 1},  {90, 1}, {120, 1}, {274, 1}, {357, 1}, {440, 1}};
constexpr frequency key_outputs[] = {{1, 122}, {2, 1005}, {3, 21}, {4, 12}, {5, 8},
                                     {6, 14},  {7, 5},    {8, 10}, {9, 7},  {10, 5},
                                     {11, 1},  {12, 1},   {16, 1}, {36, 1}, {149, 1}};

// The same with an uncompressed key.
constexpr frequency long_key_scripts[] = {{138, 160}, {139, 136}};
constexpr frequency long_key_inputs[] = {{1, 53}, {2, 96}, {3, 4},  {4, 2},
                                         {5, 6},  {14, 1}, {21, 1}, {25, 1}};
constexpr frequency long_key_outputs[] = {{1, 19}, {2, 135}, {3, 6}, {4, 1}, {7, 2}, {9, 1}};

// Of two of two keys.
constexpr frequency two_of_two_scripts[] = {{217, 30}, {218, 42}, {219, 33}};
constexpr frequency two_of_two_inputs[] = {{1, 92}, {2, 2}, {4, 1}, {5, 1}};
constexpr frequency two_of_two_outputs[] = {{1, 1}, {2, 94}, {5, 1}};

// Of two of three keys.
constexpr frequency two_of_three_scripts[] = {{252, 198}, {253, 425}, {254, 201}};
constexpr frequency two_of_three_inputs[] = {{1, 21}, {2, 10}, {3, 43}, {4, 1},  {5, 1},
                                             {6, 1},  {7, 1},  {32, 1}, {200, 3}};
constexpr frequency two_of_three_outputs[] = {{1, 46}, {2, 19}, {3, 4},  {4, 3},  {5, 2},  {6, 1},
                                              {7, 2},  {9, 1},  {16, 1}, {20, 1}, {24, 1}, {26, 1}};

// To a key's hash, to a script's hash, and OP_RETURN.
constexpr frequency paid_scripts[] = {{25, 2841}, {23, 737}, {30, 3}};

// What a transaction spends, and how its parts are then distributed.
struct spending {
  frequencies scripts;
  frequencies inputs;
  frequencies outputs;
};
constexpr std::array<spending, 4> spendings = {{
    {key_scripts, key_inputs, key_outputs},
    {long_key_scripts, long_key_inputs, long_key_outputs},
    {two_of_two_scripts, two_of_two_inputs, two_of_two_outputs},
    {two_of_three_scripts, two_of_three_inputs, two_of_three_outputs},
}};
// Indices of spendings, and how many of the block's transactions are of that kind.
constexpr frequency kinds[] = {{0, 1214}, {1, 164}, {2, 96}, {3, 82}};

constexpr std::size_t bytes_of_length(std::size_t length) {
  return length < 0xfd ? 1 : 3;
}

}  // namespace

transaction_shape draw_shape(random_source& random) {
  const spending& kind = spendings[draw(kinds, random)];
  for (;;) {
    transaction_shape shape;
    shape.input_script_bytes.resize(draw(kind.inputs, random));
    shape.output_script_bytes.resize(draw(kind.outputs, random));
    for (std::size_t& bytes : shape.input_script_bytes)
      bytes = draw(kind.scripts, random);
    for (std::size_t& bytes : shape.output_script_bytes)
      bytes = draw(paid_scripts, random);
    if (serialized_bytes(shape) <= most_transaction_bytes) return shape;
  }
}

std::size_t serialized_bytes(const transaction_shape& shape) {
  constexpr std::size_t outpoint_and_sequence = 32 + 4 + 4;
  constexpr std::size_t value = 8;
  std::size_t version_and_lock_time = 4 + 4;
  std::size_t bytes = version_and_lock_time + bytes_of_length(shape.input_script_bytes.size()) +
                      bytes_of_length(shape.output_script_bytes.size());
  for (std::size_t script : shape.input_script_bytes) {
    bytes += outpoint_and_sequence + bytes_of_length(script) + script;
  }
  for (std::size_t script : shape.output_script_bytes) {
    bytes += value + bytes_of_length(script) + script;
  }
  return bytes;
}

}  // namespace nearmem::fullnode
