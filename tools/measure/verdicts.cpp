#include "tools/measure/verdicts.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "tools/measure/comparison.hpp"
#include "tools/measure/curve_edges.hpp"
#include "tools/measure/sharing_verdicts.hpp"
#include "tools/text_table.hpp"

namespace nearmem::measure {
namespace {

constexpr double tolerance = 0.05;

std::vector<curve_point> curve_of(const part_report& measured, const std::string& series) {
  std::vector<curve_point> curve;
  for (const row& each : measured.rows) {
    if (each.series == series && each.bytes && each.value) {
      curve.push_back({*each.bytes, *each.value});
    }
  }
  std::sort(curve.begin(), curve.end(),
            [](const curve_point& a, const curve_point& b) { return a.bytes < b.bytes; });
  return curve;
}

// Why a series has no figure.
std::string reason_of(const part_report& measured, const std::string& series) {
  for (const row& each : measured.rows) {
    if (each.series == series && !each.value) return each.not_measured;
  }
  return "it was not measured";
}

// `words` say what a decided difference means; its share is put where they have {}.
verdict judge_pair(std::string name, const figure& first, const figure& second,
                   const std::string& words, const std::string& words_if_same) {
  const comparison both = compare(first, second, tolerance);
  verdict result{.name = std::move(name), .effect = both.effect, .noise = both.noise};
  switch (both.what) {
    case difference::differ:
      result.state = verdict_state::decided;
      result.text = fmt::format(fmt::runtime(words), show_share(std::abs(both.effect)),
                                both.effect < 0 ? "less" : "more");
      break;
    case difference::same:
      result.state = verdict_state::decided;
      result.text = words_if_same;
      break;
    case difference::undecided:
      result.state = verdict_state::undecided;
      result.text = "not decided: " + both.why_undecided();
      break;
  }
  return result;
}

verdict judge_series(const char* name, const part_report& measured, const std::string& first,
                     const std::string& second, const std::string& words,
                     const std::string& words_if_same) {
  const std::vector<curve_point> one = curve_of(measured, first);
  const std::vector<curve_point> other = curve_of(measured, second);
  for (auto base = one.rbegin(); base != one.rend(); ++base) {
    for (const curve_point& each : other) {
      if (each.bytes != base->bytes) continue;
      verdict result = judge_pair(name, base->value, each.value, words, words_if_same);
      result.text += ", at " + tools::show_bytes(each.bytes);
      return result;
    }
  }
  return {.name = name,
          .text = "not measured: " + reason_of(measured, one.empty() ? first : second)};
}

// "by 233 % beyond 32 KiB", or where the rise takes several points: "by 148 % from 512 KiB to 2
// MiB, most beyond 1 MiB".
std::string show_edge(const curve_edge& edge) {
  const std::string share = show_share(edge.rise.effect);
  if (edge.is_one_step())
    return fmt::format("by {} beyond {}", share, tools::show_bytes(edge.bytes));
  std::string text = fmt::format("by {} from {} to {}", share, tools::show_bytes(edge.from),
                                 tools::show_bytes(edge.to));
  if (edge.steep.what == difference::differ)
    text += ", most beyond " + tools::show_bytes(edge.bytes);
  return text;
}

// Where in a rise of several points the most of it is may be noise, even if the rise is not.
std::optional<std::size_t> decided_bytes(const curve_edge& edge) {
  if (edge.steep.what != difference::differ) return std::nullopt;
  return edge.bytes;
}

// Each level that the machine states, beside the nearest edge of the curve.
void judge_caches(const report& measured, const part_report& latency,
                  std::vector<verdict>& verdicts) {
  std::vector<curve_point> curve = curve_of(latency, "huge_pages");
  if (curve.empty()) curve = curve_of(latency, "small_pages");
  const std::vector<curve_edge> edges = find_edges(curve);
  std::vector<std::pair<unsigned, std::size_t>> levels;
  for (const cache& each : measured.hardware.caches()) {
    const std::pair level(each.level, each.bytes);
    if (std::find(levels.begin(), levels.end(), level) == levels.end()) levels.push_back(level);
  }
  for (const auto& [level, bytes] : levels) {
    verdict result{.name = fmt::format("cache_level_{}", level)};
    const std::string stated = tools::show_bytes(bytes);
    const auto near = std::find_if(edges.begin(), edges.end(), [&](const curve_edge& each) {
      return each.bytes >= bytes / 2 && each.bytes <= bytes * 2;
    });
    if (bytes == 0) {
      result.text = "not measured: the machine states no size";
    } else if (curve.empty() || curve.back().bytes < bytes * 2) {
      result.text = "not measured: no footprint is twice its " + stated;
    } else if (near == edges.end()) {
      result.state = verdict_state::undecided;
      result.text = "not decided: no step of the curve is near the stated " + stated;
    } else {
      result.effect = near->rise.effect;
      result.noise = near->rise.noise;
      const bool decided = near->rise.what == difference::differ;
      result.state = decided ? verdict_state::decided : verdict_state::undecided;
      if (decided) result.bytes = decided_bytes(*near);
      result.text = decided ? fmt::format("latency rises {}; stated: {}", show_edge(*near), stated)
                            : "not decided: " + near->rise.why_undecided();
    }
    verdicts.push_back(std::move(result));
  }
  if (!levels.empty()) return;
  for (const curve_edge& each : edges) {
    if (each.rise.what != difference::differ) continue;
    verdicts.push_back({.name = "cache_edge",
                        .state = verdict_state::decided,
                        .text = fmt::format("latency rises {}; nothing is stated", show_edge(each)),
                        .bytes = decided_bytes(each),
                        .effect = each.rise.effect,
                        .noise = each.rise.noise});
  }
}

// The worst ratio of a node's own memory and another's.
verdict judge_remote(const part_report& nodes) {
  verdict worst{.name = "remote", .text = "not measured: there is one node"};
  double most = 0;
  for (const row& own : nodes.rows) {
    if (!own.value || own.from != own.to) continue;
    for (const row& other : nodes.rows) {
      if (!other.value || other.from != own.from || other.to == own.to) continue;
      const double ratio = other.value->best / own.value->best;
      if (ratio <= most) continue;
      most = ratio;
      worst = judge_pair("remote", *own.value, *other.value,
                         fmt::format("node {}'s memory takes {{}} {{}} time than its own from node "
                                     "{}, and none differs more",
                                     *other.to, *other.from),
                         "all nodes' memory is equally near");
    }
  }
  return worst;
}

verdict judge_conflicts(const part_report& conflicts) {
  verdict worst{.name = "conflicts", .text = "not measured: no stride was"};
  double most = 0;
  const std::vector<curve_point> aligned = curve_of(conflicts, "aligned");
  for (const curve_point& base : curve_of(conflicts, "coloured")) {
    for (const curve_point& each : aligned) {
      const double ratio = each.value.best / base.value.best;
      if (each.bytes != base.bytes || ratio <= most) continue;
      most = ratio;
      worst = judge_pair("conflicts", base.value, each.value,
                         fmt::format("lines {} apart take {{}} {{}} time than lines a line further "
                                     "apart",
                                     tools::show_bytes(each.bytes)),
                         "no stride takes longer than one a line longer");
    }
  }
  return worst;
}

}  // namespace

std::vector<verdict> judge(const report& measured) {
  std::vector<verdict> verdicts;
  if (const part_report* sharing = measured.find(part::interference)) {
    std::vector<verdict> distances = judge_sharing(*sharing);
    std::move(distances.begin(), distances.end(), std::back_inserter(verdicts));
  }
  if (const part_report* latency = measured.find(part::latency)) {
    judge_caches(measured, *latency, verdicts);
    verdicts.push_back(judge_series("huge_pages", *latency, "small_pages", "huge_pages",
                                    "huge pages take {} {} time",
                                    "huge pages take as long as small ones"));
    verdicts.push_back(judge_series("load", *latency, "huge_pages", "loaded",
                                    "under load a load takes {} {} time",
                                    "another core's load adds nothing"));
  }
  if (const part_report* nodes = measured.find(part::nodes)) {
    verdicts.push_back(judge_remote(*nodes));
  }
  if (const part_report* conflicts = measured.find(part::conflicts)) {
    verdicts.push_back(judge_conflicts(*conflicts));
  }
  return verdicts;
}

}  // namespace nearmem::measure
