#pragma once

#include <nearmem/alloc/synchronized_slab_resource.hpp>

namespace nearmem {

// The resource of the process: memory next to whichever thread asks, any block freed by any thread.
// Right on a laptop, in a container and on eight sockets.
//
// Made at the first call and never destroyed: it may be used before main, by static and
// thread-local destructors, and by detached threads at the end. Takes memory when it is first
// allocated from. Listed in statistics as "local".
// Thread rule: any.
synchronized_slab_resource& local_resource() noexcept;

}  // namespace nearmem
