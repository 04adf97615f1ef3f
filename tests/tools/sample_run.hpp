#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "examples/fullnode/run_sample.hpp"

namespace nearmem {

// The n-th sample of a run that nobody ran: two components, two nodes, numbers that grow with n and
// keep the sample's invariants.
inline fullnode::run_sample made_sample(std::size_t n) {
  constexpr std::size_t mib = std::size_t{1} << 20U;
  fullnode::run_sample sample;
  sample.seconds = 0.25 * static_cast<double>(n);
  sample.transactions = 1000 * n;
  sample.transactions_per_second = n == 0 ? 0 : 4000;
  sample.blocks = n / 4;
  for (const char* name : {"mempool", "coins"}) {
    fullnode::component_sample each;
    each.name = name;
    each.limit = 64 * mib;
    each.charged = n * 4096;
    each.modelled = n * 4500;
    each.unused = n * 100;
    each.metadata = 512;
    each.footprint = each.charged + each.unused + each.metadata;
    each.peak_footprint = each.footprint;
    each.objects = n * 3;
    each.evictions = {.full = n, .age = n / 2, .spent = 7, .lru = 0, .flushed = n / 3};
    sample.components.push_back(each);
  }
  const std::size_t sum = sample.components[0].footprint + sample.components[1].footprint;
  sample.nodes = {{node_id{0}, sum - 100}, {node_id{2}, 100}};
  sample.limit = 128 * mib;
  sample.page_layer = 8192;
  sample.accounted = sum + sample.page_layer;
  sample.resident = sample.accounted + 5 * mib;
  sample.virtual_bytes = std::size_t{1} << 40U;
  return sample;
}

}  // namespace nearmem
