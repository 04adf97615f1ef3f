#include "examples/fullnode/merkle_root.hpp"

#include <cstddef>

namespace nearmem::fullnode {

merkle_result merkle_root(std::pmr::vector<hash256> ids, sha256& hasher) {
  merkle_result result;
  if (ids.empty()) return result;
  while (ids.size() > 1) {
    std::size_t pairs = (ids.size() + 1) / 2;
    for (std::size_t i = 0; i < pairs; ++i) {
      const hash256& left = ids[2 * i];
      bool is_alone = 2 * i + 1 == ids.size();
      const hash256& right = is_alone ? left : ids[2 * i + 1];
      if (!is_alone && left == right) result.repeated = true;
      ids[i] = hasher.double_hash({left.bytes, right.bytes});
    }
    ids.resize(pairs);
  }
  result.root = ids.front();
  return result;
}

}  // namespace nearmem::fullnode
