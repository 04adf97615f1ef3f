#pragma once

// Defines NEARMEM_FOREIGN_MALLOC where a sanitizer's malloc stands in for glibc's.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define NEARMEM_FOREIGN_MALLOC 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define NEARMEM_FOREIGN_MALLOC 1
#endif
#endif
