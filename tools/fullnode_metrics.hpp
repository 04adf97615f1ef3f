#pragma once

#include <cstdint>
#include <memory>

#include "examples/fullnode/run_sample.hpp"

namespace nearmem::tools {

// A run's newest sample at http://127.0.0.1:PORT/metrics, on this machine alone, for as long as
// this lives: as OpenMetrics 1.0, or in Prometheus's text format 0.0.4 for who accepts text and
// does not name OpenMetrics. What is served is the sample of the last show(), whole; nothing of the
// run's before the first. The server is civetweb's.
//
// Thread rule: one thread calls; the server has threads of its own.
class fullnode_metrics {
 public:
  // Port 0: any that is free. Throws bad_input where the port cannot be had.
  explicit fullnode_metrics(std::uint16_t port);
  ~fullnode_metrics();
  fullnode_metrics(const fullnode_metrics&) = delete;
  fullnode_metrics& operator=(const fullnode_metrics&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  void show(const fullnode::run_sample& sample);

 private:
  struct server;

  std::unique_ptr<server> server_;
  std::uint16_t port_ = 0;
};

}  // namespace nearmem::tools
