#include "tools/kernels/background_load.hpp"

#include <algorithm>

#include <nearmem/topology/pinned_thread.hpp>

#include "tools/kernels/streaming.hpp"

namespace nearmem::measure {

background_load::background_load(const machine& where, std::span<const unsigned> cpus,
                                 std::span<std::byte> memory) {
  constexpr std::size_t piece = std::size_t{64} << 10;
  const std::size_t part = memory.size() / std::max<std::size_t>(cpus.size(), 1) / piece * piece;
  threads_.reserve(cpus.size());
  for (std::size_t index = 0; index < cpus.size(); ++index) {
    const std::span<std::byte> own = memory.subspan(index * part, part);
    threads_.emplace_back([this, &where, cpu = cpus[index], own] {
      const pinned_thread pin(where, cpu_set({cpu}));
      if (!pin) failed_ = true;
      at_work_.fetch_add(1);
      at_work_.notify_one();
      for (std::size_t at = 0; !stop_ && !failed_ && !own.empty(); at = (at + piece) % own.size())
        static_cast<void>(stream(streaming::read, own.subspan(at, piece)));
    });
  }
  for (std::size_t seen = at_work_; seen < cpus.size(); seen = at_work_)
    at_work_.wait(seen);
}

background_load::~background_load() {
  stop_ = true;
}

}  // namespace nearmem::measure
