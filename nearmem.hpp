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
#include <nearmem/accounting/resource_registry.hpp>
#include <nearmem/alloc/binding_error.hpp>
#include <nearmem/alloc/kernel.hpp>
#include <nearmem/alloc/linux_kernel.hpp>
#include <nearmem/alloc/page_source.hpp>
#include <nearmem/alloc/resource_options.hpp>
#include <nearmem/alloc/simulated_kernel.hpp>
#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/pinned_thread.hpp>
#include <nearmem/topology/procfs.hpp>
#include <nearmem/topology/this_thread.hpp>
