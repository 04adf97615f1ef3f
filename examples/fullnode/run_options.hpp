#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "examples/fullnode/named.hpp"
#include "examples/fullnode/node_config.hpp"
#include "examples/fullnode/profile.hpp"
#include "examples/fullnode/resource_kind.hpp"

namespace nearmem::fullnode {

// What happens to a node in a run.
enum class scenario { ibd, flood, reorg, orphans, steady };

inline constexpr std::array<std::string_view, 5> scenario_names = {"ibd", "flood", "reorg",
                                                                   "orphans", "steady"};

constexpr const auto& names_of(scenario) noexcept {
  return scenario_names;
}

struct run_options {
  scenario what = scenario::steady;
  profile shape = profile::bitcoin;
  resource_kind kind = resource_kind::nearmem;
  node_config config;
  std::uint64_t threads = 1;
  // The run ends with whichever comes first; 0: that never comes.
  std::uint64_t transactions = 0;
  double seconds = 0;
  std::uint64_t seed = 1;
  std::vector<std::string> files{};  // of blocks, for ibd; none: they are generated
  std::string folder{};              // of the database
  std::optional<part> leak{};        // the component that a deliberate leak is put into
  // A sample is taken after so many transactions; 0: by time, four a second, and 64 at least of a
  // run of so many transactions.
  std::uint64_t sample_every = 0;
  std::size_t wallet_coins = 65'536;  // that makers may hold
  // True, by whomever, a signal handler included: the run ends in order as soon as it looks.
  const std::atomic<bool>* stop = nullptr;

  bool is_stopped() const noexcept { return stop != nullptr && *stop; }
};

}  // namespace nearmem::fullnode
