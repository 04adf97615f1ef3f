#include "tools/kernels/joint_streaming.hpp"

#include <numeric>

#include "tools/kernels/run_on_cpus.hpp"
#include "tools/kernels/stopwatch.hpp"

namespace nearmem::measure {

std::optional<double> joint_bandwidth(const machine& where, std::span<const unsigned> cpus,
                                      streaming what, std::span<std::byte> memory) {
  constexpr std::size_t granule = 4096;
  const std::size_t part = memory.size() / cpus.size() / granule * granule;
  std::vector<time_span> spans(cpus.size());
  std::vector<std::size_t> bytes(cpus.size());
  const bool ran = run_on_cpus(where, cpus, [&](std::size_t index) {
    // On the thread's own stack until the end, so that nothing is shared meanwhile.
    std::size_t moved = 0;
    spans[index] = span_of([&] { moved = stream(what, memory.subspan(index * part, part)); });
    bytes[index] = moved;
  });
  if (!ran) return std::nullopt;
  const auto moved =
      static_cast<double>(std::accumulate(bytes.begin(), bytes.end(), std::size_t{0}));
  return moved / whole(spans).nanoseconds() * 1e9 / (1 << 20);
}

}  // namespace nearmem::measure
