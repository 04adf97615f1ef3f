#include <cstdint>
#include <deque>
#include <forward_list>
#include <list>
#include <string>
#include <vector>

#include "tests/accounting/walk_list.hpp"

namespace nearmem {
namespace {

template <class T>
void add_sequences_of(walk_list& walks) {
  walks.push_back(walk_of<std::pmr::vector<T>>());
  walks.push_back(walk_of<std::pmr::deque<T>>());
  walks.push_back(walk_of<std::pmr::list<T>>());
  walks.push_back(walk_of<std::pmr::forward_list<T>>());
}

}  // namespace

walk_list walks_of_sequences() {
  walk_list walks;
  add_sequences_of<std::uint8_t>(walks);
  add_sequences_of<std::uint64_t>(walks);
  add_sequences_of<sized<3>>(walks);
  add_sequences_of<sized<24, 8>>(walks);
  add_sequences_of<sized<300>>(walks);
  add_sequences_of<sized<520>>(walks);
  add_sequences_of<sized<64, 64>>(walks);
  add_sequences_of<std::pmr::string>(walks);
  walks.push_back(walk_of<std::pmr::vector<bool>>());
  walks.push_back(walk_of<std::pmr::string>());
  walks.push_back(walk_of<std::pmr::u16string>());
  walks.push_back(walk_of<std::pmr::u32string>());
  walks.push_back(walk_of<std::vector<int, on_recording<int>>>());
  walks.push_back(walk_of<std::deque<int, on_recording<int>>>());
  walks.push_back(walk_of<std::list<int, on_recording<int>>>());
  walks.push_back(walk_of<std::forward_list<int, on_recording<int>>>());
  walks.push_back(walk_of<std::basic_string<char, std::char_traits<char>, on_recording<char>>>());
  return walks;
}

}  // namespace nearmem
