// All that stands where Core's own memusage.h stood.
#pragma once
#include <nearmem/alloc/compat/bitcoin_core.hpp>
