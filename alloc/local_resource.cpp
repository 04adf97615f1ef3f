#include <new>

#include <nearmem/alloc/local_resource.hpp>

namespace nearmem {

synchronized_slab_resource& local_resource() noexcept {
  alignas(synchronized_slab_resource) static std::byte room[sizeof(synchronized_slab_resource)];
  static auto* const one = [] {
    resource_options options;
    options.name = "local";
    return new (room) synchronized_slab_resource(options);
  }();
  return *one;
}

}  // namespace nearmem
