#include <nearmem/topology/placement.hpp>

namespace nearmem {

std::string placement::to_string() const {
  switch (kind_) {
    case kind::local:
      return "local";
    case kind::preferred:
      return "preferred(" + nodes_.to_string() + ")";
    case kind::bind:
      return "bind(" + nodes_.to_string() + ")";
    case kind::interleave:
      return "interleave(" + nodes_.to_string() + ")";
    case kind::weighted_interleave:
      return "weighted_interleave(" + nodes_.to_string() + ")";
    case kind::first_touch:
      return "first_touch";
  }
  return "local";
}

}  // namespace nearmem
