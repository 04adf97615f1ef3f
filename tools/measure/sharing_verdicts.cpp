#include "tools/measure/sharing_verdicts.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "tools/measure/comparison.hpp"
#include "tools/measure/curve_edges.hpp"
#include "tools/text_table.hpp"

namespace nearmem::measure {
namespace {

constexpr double tolerance = 0.10;

verdict refused(std::string name, const comparison& why) {
  return {.name = std::move(name),
          .state = verdict_state::undecided,
          .text = why.what == difference::same
                      ? "not decided: counters cost the same at every distance"
                      : "not decided: " + why.why_undecided(),
          .effect = why.effect,
          .noise = why.noise};
}

verdict found(std::string name, std::size_t bytes, const comparison& by) {
  return {.name = std::move(name),
          .state = verdict_state::decided,
          .text = tools::show_bytes(bytes),
          .bytes = bytes,
          .effect = by.effect,
          .noise = by.noise};
}

verdict judge_line(const std::vector<curve_point>& apart) {
  const char* const name = "line_bytes";
  const figure& near = apart.front().value;
  const figure& far = apart.back().value;
  const comparison all = compare(far, near, tolerance);
  if (all.what != difference::differ || all.effect < 0) return refused(name, all);
  const double between = std::sqrt(near.best * far.best);
  std::size_t at = apart.size() - 1;
  while (at > 0 && apart[at - 1].value.best < between)
    --at;
  const comparison step = compare(apart[at].value, apart[at - 1].value, tolerance);
  return step.what == difference::differ ? found(name, apart[at].bytes, step) : refused(name, step);
}

verdict judge_interference(const std::vector<curve_point>& apart) {
  const char* const name = "interference_bytes";
  const figure& far = apart.back().value;
  const comparison all = compare(far, apart.front().value, tolerance);
  if (all.what != difference::differ || all.effect < 0) return refused(name, all);
  comparison unseen;  // the noisiest distance that seems to cost what the farthest does
  for (std::size_t at = apart.size() - 1; at > 0; --at) {
    const comparison each = compare(far, apart[at - 1].value, tolerance);
    if (each.what != difference::differ || each.effect < 0) {
      if (each.what == difference::undecided && each.effect > tolerance) return refused(name, each);
      if (each.what == difference::undecided && each.noise > unseen.noise) unseen = each;
      continue;
    }
    if (at + 1 == apart.size()) {
      // What is undisturbed is not known as long as cost still falls.
      return {.name = name,
              .state = verdict_state::undecided,
              .text = "not decided: the two farthest distances differ",
              .effect = each.effect,
              .noise = each.noise};
    }
    if (unseen.noise >= each.effect) return refused(name, unseen);
    verdict result = found(name, apart[at].bytes, each);
    if (unseen.noise > tolerance) {
      result.text +=
          fmt::format("; beyond it, {} more time is not excluded", show_share(unseen.noise));
    }
    return result;
  }
  return refused(name, all);
}

}  // namespace

std::vector<verdict> judge_sharing(const part_report& interference) {
  std::vector<curve_point> apart;
  std::string missing = "no distance was";
  for (const row& each : interference.rows) {
    if (each.bytes && each.value) {
      apart.push_back({*each.bytes, *each.value});
    } else {
      missing = each.not_measured;
    }
  }
  if (apart.size() < 2) {
    return {{.name = "line_bytes", .text = "not measured: " + missing},
            {.name = "interference_bytes", .text = "not measured: " + missing}};
  }
  std::sort(apart.begin(), apart.end(),
            [](const curve_point& a, const curve_point& b) { return a.bytes < b.bytes; });
  return {judge_line(apart), judge_interference(apart)};
}

}  // namespace nearmem::measure
