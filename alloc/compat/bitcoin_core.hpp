#pragma once

// Bitcoin Core's spelling: memusage::MallocUsage, DynamicUsage, RecursiveDynamicUsage and
// IncrementalDynamicUsage, PoolResource and PoolAllocator. A memusage.h and a
// support/allocators/pool.h that only include this let Core's code compile unchanged.

#include <nearmem/alloc/compat/core_memusage.hpp>         // IWYU pragma: export
#include <nearmem/alloc/compat/core_pool.hpp>             // IWYU pragma: export
#include <nearmem/alloc/compat/core_recursive_usage.hpp>  // IWYU pragma: export
