#pragma once

// All of nearmem but the faces of other libraries (nearmem/alloc/compat/) and the books of their
// containers, which need those libraries' headers.

#include <nearmem/accounting/accounted_resource.hpp>
#include <nearmem/accounting/amo.hpp>
#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/accounting/budget_hold.hpp>
#include <nearmem/accounting/contract.hpp>
#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/accounting/open_metrics.hpp>
#include <nearmem/accounting/resource_registry.hpp>
#include <nearmem/accounting/statistics.hpp>
#include <nearmem/accounting/statistics_json.hpp>
#include <nearmem/accounting/statistics_table.hpp>
#include <nearmem/accounting/statistics_words.hpp>
#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/arena_pool.hpp>
#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/binding_error.hpp>
#include <nearmem/alloc/concurrent_arena.hpp>
#include <nearmem/alloc/kernel.hpp>
#include <nearmem/alloc/linux_kernel.hpp>
#include <nearmem/alloc/local_resource.hpp>
#include <nearmem/alloc/page_source.hpp>
#include <nearmem/alloc/residency.hpp>
#include <nearmem/alloc/resource_allocator.hpp>
#include <nearmem/alloc/resource_options.hpp>
#include <nearmem/alloc/simulated_kernel.hpp>
#include <nearmem/alloc/slab_cache.hpp>
#include <nearmem/alloc/snapshot.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>
#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/pinned_thread.hpp>
#include <nearmem/topology/placement_by_attribute.hpp>
#include <nearmem/topology/procfs.hpp>
#include <nearmem/topology/this_thread.hpp>
