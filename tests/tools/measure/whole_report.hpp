#pragma once

#include "tests/support/seed.hpp"
#include "tests/tools/measure/planted.hpp"
#include "tools/measure/verdicts.hpp"

namespace nearmem::measure {

// A report with all parts, some rows without figures.
inline report whole_report() {
  planted_noise noise(test_seed(), 0.01);
  report made = empty_report("pack:2 [numa] l2:1(size=1048576) core:2 pu:1");
  made.circumstances.virtual_machine = true;
  made.circumstances.huge_page_share = 0.5;
  made.circumstances.pace_before = made.circumstances.pace_after = 1;
  part_report latency{part::latency, {}};
  part_report conflicts{part::conflicts, {}};
  for (std::size_t bytes = 4096; bytes <= 4 << 20; bytes *= 2) {
    for (const char* series : {"small_pages", "huge_pages"})
      latency.rows.push_back(row_of(series, bytes, noise.around(bytes <= 1 << 20 ? 2 : 90)));
    conflicts.rows.push_back(row_of("aligned", bytes, noise.around(5)));
    conflicts.rows.push_back(row_of("coloured", bytes, noise.around(4)));
  }
  latency.rows.push_back({.series = "loaded", .bytes = 4096, .not_measured = "no other core"});
  part_report nodes{part::nodes, {}};
  part_report bandwidth{part::bandwidth, {}};
  for (unsigned from = 0; from < 2; ++from) {
    for (unsigned to = 0; to < 2; ++to) {
      nodes.rows.push_back(cell_of("latency", from, to, noise.around(from == to ? 90 : 150)));
      for (const char* series : {"read", "write", "copy"}) {
        bandwidth.rows.push_back(
            cell_of(series, from, to, noise.around(from == to ? 9000 : 5000, 15, better::higher)));
      }
    }
  }
  made.parts = {latency,
                nodes,
                bandwidth,
                {part::cores, {cell_of("machine", 0, 2, noise.around(120))}},
                planted_sharing(noise, 64),
                {part::pages,
                 {row_of("first_touch_small_pages", 4096, noise.around(500)),
                  row_of("purge_huge_pages", 4096, noise.around(5))}},
                conflicts,
                {part::paths,
                 {{.series = "slab_pair", .value = noise.around(4)},
                  {.series = "remote_free", .not_measured = "one core"}}}};
  made.verdicts = judge(made);
  return made;
}

// The same, held against an earlier result in which one figure was another.
inline report compared_report() {
  report made = whole_report();
  planted_noise noise(test_seed(), 0.01);
  const figure earlier = noise.around(8);
  const row& now = made.parts.back().rows.front();
  made.compared = agreement{.file = "earlier.json", .figures = 3};
  made.compared->apart.push_back({part::paths, now, earlier, compare(earlier, *now.value, 0)});
  return made;
}

}  // namespace nearmem::measure
