#include "tools/kernels/allocator_paths.hpp"

#include <array>

#include "tools/kernels/run_on_cpus.hpp"
#include "tools/kernels/stopwatch.hpp"

namespace nearmem::measure {
namespace {

constexpr std::size_t block_bytes = 64;
constexpr std::size_t batch = 1000;

template <class Resource>
double pairs(Resource& resource, std::size_t times) {
  return nanoseconds_of([&] {
           for (std::size_t i = 0; i < times; ++i) {
             void* block = resource.allocate(block_bytes, 16);
             keep(block);
             resource.deallocate(block, block_bytes, 16);
           }
         }) /
         static_cast<double>(times);
}

}  // namespace

std::string_view to_string(allocator_path what) noexcept {
  switch (what) {
    case allocator_path::slab_pair:
      return "slab_pair";
    case allocator_path::shared_pair:
      return "shared_pair";
    case allocator_path::bump:
      return "bump";
    case allocator_path::remote_free:
      return "remote_free";
  }
  return "bump";
}

allocator_paths::allocator_paths() : blocks_(batch) {}

std::optional<double> allocator_paths::free_remotely(std::size_t times, const machine& where,
                                                     unsigned other_cpu) {
  const std::array cpus = {other_cpu};
  const std::size_t batches = times / batch + 1;
  double spent = 0;
  for (std::size_t round = 0; round < batches; ++round) {
    spent += nanoseconds_of([&] {
      for (void*& block : blocks_)
        block = shared_.allocate(block_bytes, 16);
    });
    const bool ran = run_on_cpus(where, cpus, [&](std::size_t) {
      spent += nanoseconds_of([&] {
        for (void* block : blocks_)
          shared_.deallocate(block, block_bytes, 16);
      });
    });
    if (ran) continue;
    for (void* block : blocks_)
      shared_.deallocate(block, block_bytes, 16);
    return std::nullopt;
  }
  return spent / static_cast<double>(batches * batch);
}

std::optional<double> allocator_paths::pass(allocator_path what, std::size_t times,
                                            const machine& where, unsigned other_cpu) {
  switch (what) {
    case allocator_path::slab_pair:
      return pairs(slabs_, times);
    case allocator_path::shared_pair:
      return pairs(shared_, times);
    case allocator_path::bump:
      return nanoseconds_of([&] {
               for (std::size_t i = 0; i < times; ++i) {
                 void* block = arena_.allocate(block_bytes);
                 keep(block);
                 if (i % batch == batch - 1) arena_.reset();
               }
             }) /
             static_cast<double>(times);
    case allocator_path::remote_free:
      return free_remotely(times, where, other_cpu);
  }
  return std::nullopt;
}

}  // namespace nearmem::measure
