#include "examples/fullnode/leak_detector.hpp"

namespace nearmem::fullnode {

std::vector<std::string> leak_detector::look(std::span<const component_sample> components) {
  seen_.resize(components.size());
  std::vector<std::string> suspected;
  for (std::size_t i = 0; i < components.size(); ++i) {
    const component_sample& now = components[i];
    seen& before = seen_[i];
    const std::size_t rest = now.charged > now.owned ? now.charged - now.owned : 0;
    if (rest < before.rest) {
      before.rises = 0;
    } else if (rest > before.rest) {
      ++before.rises;
    }
    before.rest = rest;
    if (before.rises >= looks && rest >= least_bytes) before.is_suspected = true;
    if (before.is_suspected) suspected.push_back(now.name);
  }
  return suspected;
}

}  // namespace nearmem::fullnode
