#pragma once

#include <version>

// Picks what is known about the insides of the standard library in use, as `standard_library`.
#if defined(_LIBCPP_VERSION)
#include <nearmem/accounting/libcxx.hpp>
#elif defined(__GLIBCXX__)
#include <nearmem/accounting/libstdcxx.hpp>
#else
#error "nearmem knows the containers of libstdc++ and of libc++ only"
#endif
