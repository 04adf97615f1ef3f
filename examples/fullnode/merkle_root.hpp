#pragma once

#include <memory_resource>
#include <vector>

#include "examples/fullnode/hash256.hpp"
#include "examples/fullnode/sha256.hpp"

namespace nearmem::fullnode {

// The root of the hash tree over the transactions' ids, in their order.
//
//            root
//          /      \            a level of odd length pairs its last hash with itself
//      h(0,1)    h(2,2)
//      /    \    /    \.
//     0      1  2     (2)
struct merkle_result {
  hash256 root{};
  // Somewhere a hash was paired with its equal: transactions were repeated to make another list
  // with the same root. Such a list must be refused.
  bool repeated = false;
};

// Takes `ids` as its working space; none give a root of zeros. O(ids).
merkle_result merkle_root(std::pmr::vector<hash256> ids, sha256& hasher);

}  // namespace nearmem::fullnode
