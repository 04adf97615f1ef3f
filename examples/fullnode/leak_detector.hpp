#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "examples/fullnode/run_sample.hpp"

namespace nearmem::fullnode {

// Tells growth that removals take back from growth that nothing ever does.
//
// What a component's resource is charged and its containers own is explained: it comes and goes
// with objects, up to the budget. What is charged beyond that was taken and forgotten. A component
// is suspected when that rest has risen over a number of looks in a row, without one at which it
// fell, and to more than could be in somebody's hands at the moment of a look.
//
//   charged ─┬─ owned     objects: may grow up to the budget, evictions take it back
//            └─ the rest  ▁▂▃▅▆▇ rises, never falls: suspected
//
// Of a resource that does not count its blocks (std_pool, by the model of malloc on both sides) the
// same holds.
//
// Thread rule: one thread at a time.
class leak_detector {
 public:
  static constexpr std::size_t looks = 4;
  static constexpr std::size_t least_bytes = std::size_t{64} << 10;

  // Looks at a sample; returns the names of those that are suspected by now, for good.
  std::vector<std::string> look(std::span<const component_sample> components);

 private:
  struct seen {
    std::size_t rest = 0;
    std::size_t rises = 0;
    bool is_suspected = false;
  };

  std::vector<seen> seen_;
};

}  // namespace nearmem::fullnode
