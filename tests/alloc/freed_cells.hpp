#pragma once

#include <gtest/gtest.h>

namespace nearmem {

// That a hardened slab_cache overwrites what is freed.
template <class Cache>
void expect_overwrites_what_is_freed(Cache& hardened) {
  auto* bytes = static_cast<unsigned char*>(hardened.allocate());
  bytes[5] = 7;
  hardened.deallocate(bytes);
  EXPECT_EQ(bytes[5], 0xdd);
}

}  // namespace nearmem
