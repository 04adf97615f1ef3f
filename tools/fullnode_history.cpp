#include "tools/fullnode_history.hpp"

#include <utility>

namespace nearmem::tools {

void fullnode_history::add(const fullnode::run_sample& sample) {
  if (!samples_.empty() && !last_is_kept_) samples_.pop_back();
  if (samples_.size() == most) {
    for (std::size_t i = 0; 2 * i < most; ++i)
      samples_[i] = std::move(samples_[2 * i]);
    samples_.resize(most / 2);
    stride_ *= 2;
  }
  last_is_kept_ = seen_ % stride_ == 0;
  samples_.push_back(sample);
  ++seen_;
}

}  // namespace nearmem::tools
