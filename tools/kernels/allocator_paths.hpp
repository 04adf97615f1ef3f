#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>
#include <nearmem/topology/machine.hpp>

namespace nearmem::measure {

// The library's own hot paths, with blocks of 64 bytes.
enum class allocator_path : std::uint8_t {
  slab_pair,    // a block out of an unsynchronized slab resource and back at once
  shared_pair,  // the same of a synchronized one
  bump,         // a block out of an arena that is reset every thousand
  remote_free,  // a thousand blocks, freed by a thread on another CPU; a pair
};

// "slab_pair", "shared_pair", "bump", "remote_free".
std::string_view to_string(allocator_path what) noexcept;

// Thread rule: one thread, which is the owner of what is allocated.
class allocator_paths {
 public:
  // Memory lies beside the calling thread.
  allocator_paths();

  // Nanoseconds a pair, or a block of an arena's, over about `times`. remote_free frees on
  // `other_cpu`; empty where no thread can be run there. Throws std::bad_alloc, std::system_error.
  std::optional<double> pass(allocator_path what, std::size_t times, const machine& where,
                             unsigned other_cpu);

 private:
  std::optional<double> free_remotely(std::size_t times, const machine& where, unsigned other_cpu);

  unsynchronized_slab_resource slabs_;
  synchronized_slab_resource shared_;
  arena arena_;
  std::vector<void*> blocks_;
};

}  // namespace nearmem::measure
