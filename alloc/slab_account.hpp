#pragma once

#include <nearmem/alloc/owner_version.hpp>
#include <nearmem/alloc/page_account.hpp>

namespace nearmem {

// The page account that the bins of one resource share, and the version under which they change
// the words that other threads read. Thread rule: as page_account's and owner_version's.
struct slab_account : page_account {
  using page_account::page_account;

  owner_version version;
};

}  // namespace nearmem
