// All that stands where Core's own pool.h stood.
#pragma once
#include <nearmem/alloc/compat/bitcoin_core.hpp>
