#include <atomic>
#include <cstdio>
#include <cstdlib>

#include <nearmem/accounting/contract.hpp>

namespace nearmem {
namespace {

constinit std::atomic<diagnostic_sink> current_sink{nullptr};

}  // namespace

diagnostic_sink set_diagnostic_sink(diagnostic_sink sink) noexcept {
  return current_sink.exchange(sink, std::memory_order_acq_rel);
}

void diagnose(const char* line) noexcept {
  // Acquire: what the setter wrote before installing the sink is visible to it.
  if (diagnostic_sink sink = current_sink.load(std::memory_order_acquire)) sink(line);
}

void contract_violation(const char* line) noexcept {
  diagnose(line);
  // The process ends here, so the reason goes where a death is read, sink or no sink.
  std::fprintf(stderr, "nearmem: contract violated: %s\n", line);
  std::abort();
}

}  // namespace nearmem
