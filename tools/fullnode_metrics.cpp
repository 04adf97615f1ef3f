#include "tools/fullnode_metrics.hpp"

#include <exception>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>

#include "tools/command.hpp"
#include "tools/fullnode_families.hpp"

namespace nearmem::tools {
namespace {

// The newest sample, for the server's threads.
class newest_sample final : public prometheus::Collectable {
 public:
  void set(const fullnode::run_sample& sample) {
    const std::scoped_lock lock(mutex_);
    sample_ = sample;
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    const std::scoped_lock lock(mutex_);
    return sample_ ? families_of(*sample_) : std::vector<prometheus::MetricFamily>();
  }

 private:
  mutable std::mutex mutex_;
  std::optional<fullnode::run_sample> sample_;
};

}  // namespace

struct fullnode_metrics::server {
  explicit server(std::uint16_t port) : exposer(fmt::format("127.0.0.1:{}", port), 2) {
    exposer.RegisterCollectable(newest);
  }

  std::shared_ptr<newest_sample> newest = std::make_shared<newest_sample>();
  prometheus::Exposer exposer;
};

fullnode_metrics::fullnode_metrics(std::uint16_t port) {
  try {
    server_ = std::make_unique<server>(port);
    const std::vector<int> ports = server_->exposer.GetListeningPorts();
    if (!ports.empty()) port_ = static_cast<std::uint16_t>(ports.front());
  } catch (const std::exception&) {
    // The server's own words do not name the port.
    throw bad_input(fmt::format("--metrics: cannot listen on port {} of 127.0.0.1", port));
  }
}

fullnode_metrics::~fullnode_metrics() = default;

void fullnode_metrics::show(const fullnode::run_sample& sample) {
  server_->newest->set(sample);
}

}  // namespace nearmem::tools
