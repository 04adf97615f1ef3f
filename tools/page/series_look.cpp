#include "tools/page/series_look.hpp"

#include <fmt/format.h>

#include "tools/page/svg.hpp"

namespace nearmem::page {

series_look look_of(std::size_t series) {
  constexpr std::size_t colours = 8;
  constexpr std::size_t dashes = 5;
  const std::size_t colour = series % colours;
  return {fmt::format("series c{} d{}", colour, series % dashes), fmt::format("point c{}", colour),
          fmt::format("series c{} whisker", colour), series % svg::marker_shapes};
}

}  // namespace nearmem::page
