#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "tests/accounting/walk_list.hpp"

namespace nearmem {
namespace {

template <class Key>
void add_trees_by(walk_list& walks) {
  walks.push_back(walk_of<std::pmr::set<Key>>());
  walks.push_back(walk_of<std::pmr::multiset<Key>>());
  walks.push_back(walk_of<std::pmr::map<Key, std::uint8_t>>());
  walks.push_back(walk_of<std::pmr::multimap<Key, sized<48, 8>>>());
}

}  // namespace

walk_list walks_of_trees() {
  walk_list walks;
  add_trees_by<std::uint16_t>(walks);
  add_trees_by<std::uint64_t>(walks);
  add_trees_by<sized<5>>(walks);
  add_trees_by<sized<36, 4>>(walks);
  add_trees_by<sized<64, 64>>(walks);
  add_trees_by<std::pmr::string>(walks);
  walks.push_back(walk_of<std::set<int, std::greater<>, on_recording<int>>>());
  walks.push_back(
      walk_of<std::map<int, int, std::greater<>, on_recording<std::pair<const int, int>>>>());
  return walks;
}

}  // namespace nearmem
