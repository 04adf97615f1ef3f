#pragma once

#include <nearmem/accounting/statistics.hpp>

namespace nearmem {

// Books of a machine that does not exist, with every section filled and names that are hard to
// spell. Sums come out.
inline statistics sample_statistics() {
  statistics all;
  all.machine = {false, 4096, 64, 34'359'738'368, 8'589'934'592, "bind:0-1"};
  all.nodes.push_back({node_id{0},
                       "dram",
                       17'179'869'184,
                       "0-3",
                       "simulated",
                       {node_id{0}, node_id{2}},
                       1'228'800,
                       4096,
                       0});
  all.nodes.push_back({node_id{2},
                       "memory_only",
                       17'179'869'184,
                       "",
                       "simulated",
                       {node_id{2}, node_id{0}},
                       8192,
                       0,
                       4096});

  all.spills.push_back({node_id{0}, node_id{2}, 8192});

  resource_statistics& mempool = all.resources.emplace_back();
  mempool.name = "mempool";
  mempool.budget = "process/mempool";
  mempool.usage = {900'000, 200'000, 63'168, 1'163'168, 2'000'000, 1234, 850'000};
  mempool.description.kind = "slab";
  mempool.description.size_classes = {{64, 100, 60, 40, 2, 8192}, {96, 10, 10, 0, 1, 4096}};
  mempool.nodes = {{node_id{0}, {1'159'072, 4096, 0, binding_outcome::preferred}},
                   {node_id{2}, {4096, 0, 4096, binding_outcome::denied}}};

  resource_statistics& odd = all.resources.emplace_back();
  odd.name = "odd \"name\"\\ with\nlines \xC3\xBC";
  odd.instance = 2;
  odd.usage = {4096, 4096, 0, 8192, 8192, 1, {}};
  odd.description.kind = "arena";
  odd.description.where = placement::bind(node_id{2});
  int somewhere = 0;
  odd.description.arenas = {{"", 1, 4096, 4000, &somewhere, &somewhere + 1},
                            {"cpu 1", 1, 4096, 96, nullptr, nullptr}};
  odd.nodes = {{node_id{2}, {8192, 0, 0, binding_outcome::bound}}};

  all.pages = {1'171'360, 61'440, 20'480, 1'253'280};

  budget_statistics& process = all.budgets.emplace_back();
  process.path = "process";
  process.limit = 99'000'000'000;
  process.used = 1'300'000;
  process.held = 100'000;
  process.peak = 2'000'000;
  process.beyond_machine = true;
  budget_statistics& part = all.budgets.emplace_back();
  part.path = "process/mempool";
  part.soft_limit = 1'000'000;
  part.used = 1'163'168;
  part.peak = 1'200'000;
  part.refusals = 7;
  part.over_soft_limit = true;
  part.nodes = {{node_id{0}, 1'159'072, 2'000'000}, {node_id{2}, 4096, {}}};
  return all;
}

}  // namespace nearmem
