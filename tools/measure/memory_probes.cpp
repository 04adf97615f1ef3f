#include "tools/measure/memory_probes.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <utility>

#include <nearmem/topology/pinned_thread.hpp>

#include "tools/kernels/background_load.hpp"
#include "tools/kernels/joint_streaming.hpp"
#include "tools/kernels/placed_memory.hpp"
#include "tools/kernels/pointer_chase.hpp"
#include "tools/measure/pace.hpp"

namespace nearmem::measure {
namespace {

constexpr std::size_t line = 64;  // a place every line, also where lines are longer
constexpr std::size_t page = 4096;

// A chase and the memory that it goes through: all of it; or another part of it for every pass, as
// which lines meet in a cache depends on the pages that the kernel gave, and what differs from run
// to run shall differ from round to round.
class placed_chase {
 public:
  placed_chase(std::shared_ptr<const placed_memory> memory, std::size_t bytes, std::uint64_t seed)
      : memory_(std::move(memory)), bytes_(bytes), random_(seed) {
    if (refusal().empty()) move();
  }

  const std::string& refusal() const noexcept { return memory_->refusal(); }
  std::size_t bytes() const noexcept { return bytes_; }
  pointer_chase& chase() noexcept { return *chase_; }
  void move() {
    const std::size_t room = memory_->data().size() - bytes_;
    if (chase_ && room == 0) return;
    std::uniform_int_distribution<std::size_t> draw(0, room / page);
    const std::size_t begin = draw(random_) * page;
    chase_.emplace(memory_->data().subspan(begin, bytes_), line, random_());
  }

 private:
  std::shared_ptr<const placed_memory> memory_;
  std::size_t bytes_;
  std::mt19937_64 random_;
  std::optional<pointer_chase> chase_{};
};

// A pass through a chase on one CPU; what fits a cache is brought there first.
std::optional<double> chase_on(const machine& where, unsigned cpu, placed_chase& what,
                               pace& timed) {
  const pinned_thread pin(where, cpu_set({cpu}));
  if (!pin) return std::nullopt;
  what.move();
  what.chase().warm();
  return timed(
      [&](std::size_t loads) -> std::optional<double> { return what.chase().pass(loads); });
}

// The first node that has both, and its cores.
struct home {
  node_id node{};
  std::vector<unsigned> cores{};
};

home find_home(const machine& hardware) {
  for (const numa_node& each : hardware.nodes()) {
    if (each.bytes != 0 && !each.cpus.empty()) {
      return {each.id, one_cpu_a_core(hardware, each.id)};
    }
  }
  return {};
}

std::vector<std::size_t> footprints(std::size_t largest, std::size_t points_an_octave) {
  std::vector<std::size_t> bytes;
  for (std::size_t each = 4096; each <= largest; each *= 2) {
    bytes.push_back(each);
    if (points_an_octave > 1 && each + each / 2 <= largest) bytes.push_back(each + each / 2);
  }
  return bytes;
}

const char* const no_home = "no node has both CPUs and memory";

bool has_huge_pages(const machine& hardware) {
  return hardware.limits().huge_pages != "never";
}

// What reads beside the chase, started for a pass and stopped behind it.
struct load_of_others {
  load_of_others(page_source& pages, node_id node, std::size_t bytes, std::vector<unsigned> on)
      : cpus(std::move(on)), memory(pages, node, bytes, false) {}

  std::vector<unsigned> cpus;
  placed_memory memory;
};

}  // namespace

std::vector<probe> latency_probes(const plan& with) {
  const machine& hardware = with.hardware();
  const home at = find_home(hardware);
  if (at.cores.empty())
    return {{part::latency, {.series = "small_pages", .not_measured = no_home}}};
  std::vector<probe> probes;
  const unsigned cpu = at.cores.front();
  const std::size_t largest = affordable(hardware, at.node, with.how.largest_footprint);
  std::shared_ptr<load_of_others> load;
  if (at.cores.size() > 1) {
    const std::size_t others = std::min<std::size_t>(at.cores.size() - 1, 8);
    const auto first = at.cores.begin() + 1;
    load = std::make_shared<load_of_others>(
        with.pages, at.node, affordable(hardware, at.node, with.how.stream_bytes),
        std::vector<unsigned>(first, first + static_cast<std::ptrdiff_t>(others)));
  }
  const auto add = [&](const char* series, std::size_t bytes, std::string refusal,
                       std::function<std::optional<double>()> pass) {
    probes.push_back({part::latency,
                      {.series = series,
                       .bytes = bytes,
                       .from = to_number(at.node),
                       .to = to_number(at.node),
                       .not_measured = std::move(refusal)},
                      better::lower,
                      std::move(pass)});
  };
  std::vector<probe> loaded;
  for (const bool huge : {false, true}) {
    // What is small moves about in this.
    std::shared_ptr<const placed_memory> room;
    if (!huge || has_huge_pages(hardware)) {
      room = std::make_shared<placed_memory>(
          with.pages, at.node, affordable(hardware, at.node, std::size_t{16} << 20), huge);
    }
    for (const std::size_t bytes : footprints(largest, with.how.points_an_octave)) {
      const char* const series = huge ? "huge_pages" : "small_pages";
      if (huge && !has_huge_pages(hardware)) {
        add(series, bytes, "transparent huge pages are off", nullptr);
        continue;
      }
      const bool moves = room->refusal().empty() && bytes <= room->data().size() / 4;
      const auto chase = std::make_shared<placed_chase>(
          moves ? room : std::make_shared<placed_memory>(with.pages, at.node, bytes, huge), bytes,
          with.how.seed + probes.size());
      const auto timed = std::make_shared<pace>(with.how.go_nanoseconds);
      add(series, bytes, chase->refusal(),
          [&hardware, cpu, chase, timed] { return chase_on(hardware, cpu, *chase, *timed); });
      if (huge != has_huge_pages(hardware)) continue;
      const std::size_t already = probes.size();
      add("loaded", bytes,
          !load ? "no other core is on the node" : chase->refusal() + load->memory.refusal(),
          [&hardware, cpu, chase, timed, load]() -> std::optional<double> {
            const background_load others(hardware, load->cpus, load->memory.data());
            if (!others.is_running()) return std::nullopt;
            return chase_on(hardware, cpu, *chase, *timed);
          });
      std::move(probes.begin() + static_cast<std::ptrdiff_t>(already), probes.end(),
                std::back_inserter(loaded));
      probes.resize(already);
    }
  }
  std::move(loaded.begin(), loaded.end(), std::back_inserter(probes));
  return probes;
}

std::vector<probe> node_latency_probes(const plan& with) {
  const machine& hardware = with.hardware();
  std::vector<probe> probes;
  for (const node_id to : nodes_with_memory(hardware)) {
    // One chase in each node's memory, which all nodes' CPUs go through.
    const std::size_t bytes = affordable(hardware, to, with.how.node_footprint);
    const auto chase = std::make_shared<placed_chase>(
        std::make_shared<placed_memory>(with.pages, to, bytes, has_huge_pages(hardware)), bytes,
        with.how.seed);
    for (const node_id from : nodes_with_cpus(hardware)) {
      const auto timed = std::make_shared<pace>(with.how.go_nanoseconds);
      const unsigned cpu = one_cpu_a_core(hardware, from).front();
      const auto pass = [&hardware, chase, timed, cpu, from, to,
                         observer = with.observer]() -> std::optional<double> {
        const pinned_thread pin(hardware, cpu_set({cpu}));
        if (!pin) return std::nullopt;
        chase->chase().warm_translations();
        return (*timed)([&](std::size_t loads) -> std::optional<double> {
          if (observer != nullptr) observer->begins(part::nodes, to_number(from), to_number(to));
          const double each = chase->chase().pass(loads);
          if (observer != nullptr) observer->ends();
          return each;
        });
      };
      probes.push_back({part::nodes,
                        {.series = "latency",
                         .bytes = chase->bytes(),
                         .from = to_number(from),
                         .to = to_number(to),
                         .not_measured = chase->refusal()},
                        better::lower,
                        pass});
    }
  }
  std::sort(probes.begin(), probes.end(), [](const probe& a, const probe& b) {
    return std::pair(a.what.from, a.what.to) < std::pair(b.what.from, b.what.to);
  });
  return probes;
}

std::vector<probe> bandwidth_probes(const plan& with) {
  constexpr std::size_t most_threads = 16;
  const machine& hardware = with.hardware();
  std::map<node_id, std::shared_ptr<placed_memory>> memory;
  for (const node_id to : nodes_with_memory(hardware)) {
    memory[to] = std::make_shared<placed_memory>(
        with.pages, to, affordable(hardware, to, with.how.stream_bytes), has_huge_pages(hardware));
  }
  std::vector<probe> probes;
  for (const streaming what : {streaming::read, streaming::write, streaming::copy}) {
    for (const node_id from : nodes_with_cpus(hardware)) {
      std::vector<unsigned> cpus = one_cpu_a_core(hardware, from);
      if (cpus.size() > most_threads) cpus.resize(most_threads);
      for (const auto& each : memory) {
        const node_id to = each.first;
        const std::shared_ptr<placed_memory> held = each.second;
        const auto pass = [&hardware, what, cpus, from, to, held,
                           observer = with.observer]() -> std::optional<double> {
          // New threads begin where their maker runs.
          const pinned_thread pin(hardware, from);
          if (observer != nullptr) {
            observer->begins(part::bandwidth, to_number(from), to_number(to));
          }
          const std::optional<double> rate = joint_bandwidth(hardware, cpus, what, held->data());
          if (observer != nullptr) observer->ends();
          return rate;
        };
        probes.push_back({part::bandwidth,
                          {.series = std::string(to_string(what)),
                           .bytes = held->data().size(),
                           .from = to_number(from),
                           .to = to_number(to),
                           .not_measured = held->refusal()},
                          better::higher,
                          pass});
      }
    }
  }
  return probes;
}

std::vector<probe> conflict_probes(const plan& with) {
  constexpr std::size_t lines = 512;
  const machine& hardware = with.hardware();
  const home at = find_home(hardware);
  if (at.cores.empty()) return {{part::conflicts, {.series = "aligned", .not_measured = no_home}}};
  const std::size_t room = affordable(hardware, at.node, 4 * lines * (std::size_t{16384} + line));
  const auto memory =
      std::make_shared<placed_memory>(with.pages, at.node, room, has_huge_pages(hardware));
  std::vector<probe> probes;
  for (const bool coloured : {false, true}) {
    for (std::size_t stride = 256; stride <= 16384; stride *= 2) {
      const std::size_t step = stride + (coloured ? hardware.line_bytes() : 0);
      if (memory->refusal().empty() && lines * step > room) continue;
      const auto timed = std::make_shared<pace>(with.how.go_nanoseconds);
      const auto random = std::make_shared<std::mt19937_64>(with.how.seed + probes.size());
      const auto pass = [&hardware, memory, timed, random, room, step,
                         cpu = at.cores.front()]() -> std::optional<double> {
        const pinned_thread pin(hardware, cpu_set({cpu}));
        if (!pin) return std::nullopt;
        // Which sets lines meet in depends on the pages that the kernel gave, so every pass takes
        // other ones: what differs from run to run shall differ from round to round.
        std::uniform_int_distribution<std::size_t> draw(0, (room - lines * step) / page);
        std::byte* const begin = memory->data().data() + draw(*random) * page;
        std::vector<std::byte*> places(lines);
        for (std::size_t i = 0; i < lines; ++i)
          places[i] = begin + i * step;
        pointer_chase chase(places, (*random)());
        chase.warm();
        return (*timed)(
            [&](std::size_t loads) -> std::optional<double> { return chase.pass(loads); });
      };
      probes.push_back({part::conflicts,
                        {.series = coloured ? "coloured" : "aligned",
                         .bytes = stride,
                         .from = to_number(at.node),
                         .to = to_number(at.node),
                         .not_measured = memory->refusal()},
                        better::lower,
                        pass});
    }
  }
  return probes;
}

}  // namespace nearmem::measure
