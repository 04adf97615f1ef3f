#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "tests/accounting/walk_list.hpp"

namespace nearmem {
namespace {

template <class Key, class Hash>
void add_tables_by(walk_list& walks) {
  walks.push_back(walk_of<std::pmr::unordered_set<Key, Hash>>());
  walks.push_back(walk_of<std::pmr::unordered_multiset<Key, Hash>>());
  walks.push_back(walk_of<std::pmr::unordered_map<Key, sized<48, 8>, Hash>>());
  walks.push_back(walk_of<std::pmr::unordered_multimap<Key, std::uint8_t, Hash>>());
}

}  // namespace

walk_list walks_of_hash_tables() {
  walk_list walks;
  add_tables_by<std::uint16_t, fast_hash>(walks);
  add_tables_by<std::uint64_t, throwing_hash>(walks);
  add_tables_by<sized<3>, fast_hash>(walks);
  add_tables_by<sized<36, 4>, fast_hash>(walks);
  add_tables_by<sized<64, 64>, throwing_hash>(walks);
  add_tables_by<std::pmr::string, std::hash<std::pmr::string>>(walks);
  walks.push_back(
      walk_of<std::unordered_set<int, std::hash<int>, std::equal_to<>, on_recording<int>>>());
  walks.push_back(walk_of<std::unordered_map<int, int, std::hash<int>, std::equal_to<>,
                                             on_recording<std::pair<const int, int>>>>());
  return walks;
}

}  // namespace nearmem
