#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// What somebody measured of a machine, in the words that firmware uses; `nearmem measure --xml`
// writes it. What was not measured, or could not be decided, is absent.
//
// Thread rule: a value.
struct measurements {
  // From one node's CPUs to another's memory.
  struct cell {
    node_id from{};
    node_id to{};
    std::size_t value = 0;

    friend bool operator==(const cell&, const cell&) = default;
  };

  std::string fingerprint{};       // of the hardware that it was measured on
  std::string origin{};            // the file that it was read from, or empty
  std::vector<cell> latencies{};   // nanoseconds from a load to its value
  std::vector<cell> bandwidths{};  // MiB per second that all of a node's cores read together
  // By how much of themselves latencies vary from run to run: less than this is no difference.
  std::size_t latency_noise_percent = 0;
  std::optional<std::size_t> line_bytes{};
  std::optional<std::size_t> interference_bytes{};

  friend bool operator==(const measurements&, const measurements&) = default;
};

}  // namespace nearmem
