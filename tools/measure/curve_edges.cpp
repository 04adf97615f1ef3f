#include "tools/measure/curve_edges.hpp"

#include <cmath>

namespace nearmem::measure {
namespace {

constexpr double least_rise = 0.15;

double steepness(const comparison& rise) {
  return std::log1p(rise.effect);
}

curve_edge edge_between(std::span<const curve_point> curve, std::size_t from, std::size_t to) {
  curve_edge edge{.from = curve[from].bytes, .to = curve[to].bytes};
  edge.rise = compare(curve[from].value, curve[to].value, least_rise);
  for (std::size_t i = from; i < to; ++i) {
    const comparison step = compare(curve[i].value, curve[i + 1].value, least_rise);
    if (i > from && step.effect <= edge.steep.effect) continue;
    edge.bytes = curve[i].bytes;
    edge.steep = step;
  }
  return edge;
}

}  // namespace

std::vector<curve_edge> find_edges(std::span<const curve_point> curve) {
  std::vector<curve_edge> edges;
  std::size_t from = 0;      // where the present rise began
  std::size_t flattest = 0;  // of the steps behind the steepest of this rise
  double steepest = 0;       // 0 where nothing rises
  double lowest = 0;
  for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
    const comparison step = compare(curve[i].value, curve[i + 1].value, least_rise);
    const double steep = steepness(step);
    if (step.effect <= least_rise) {
      if (steepest > 0) edges.push_back(edge_between(curve, from, i));
      steepest = 0;
      continue;
    }
    if (steepest > 0 && lowest < steepest / 2 && lowest < steep / 2) {
      edges.push_back(edge_between(curve, from, flattest));
      from = flattest + 1;
      steepest = 0;
    } else if (!(steepest > 0)) {
      from = i;
    }
    if (steep > steepest) {
      steepest = lowest = steep;
      flattest = i;
    } else if (steep < lowest) {
      lowest = steep;
      flattest = i;
    }
  }
  if (steepest > 0) edges.push_back(edge_between(curve, from, curve.size() - 1));
  return edges;
}

}  // namespace nearmem::measure
