#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nearmem/accounting/statistics.hpp>

namespace nearmem {

// What a value counts; part of its key in JSON and of its metric's name.
enum class statistics_unit : std::uint8_t { text, count, bytes, ratio, flag, address, list };

// "" for text, count and flag, whose words say it all.
constexpr std::string_view suffix_of(statistics_unit unit) noexcept {
  switch (unit) {
    case statistics_unit::bytes:
      return "_bytes";
    case statistics_unit::ratio:
      return "_ratio";
    default:
      return "";
  }
}

// The unit as docs/statistics.md names it.
constexpr std::string_view to_string(statistics_unit unit) noexcept {
  switch (unit) {
    case statistics_unit::text:
      return "text";
    case statistics_unit::count:
      return "count";
    case statistics_unit::bytes:
      return "bytes";
    case statistics_unit::ratio:
      return "ratio";
    case statistics_unit::flag:
      return "flag";
    case statistics_unit::address:
      return "address";
    case statistics_unit::list:
      return "list";
  }
  return "text";
}

// One word of the books: the only place that names and defines it.
struct statistics_word {
  std::string_view name;
  statistics_unit unit = statistics_unit::count;
  std::string_view meaning;
  bool adds_up = false;  // a table may end with the sum of the column

  // The name with its unit, as in JSON and in metrics: "charged_bytes".
  std::string key() const { return std::string(name) + std::string(suffix_of(unit)); }
};

// The members of a list are numbers of nodes. No value (monostate) where something is not known or
// not limited.
using statistics_value = std::variant<std::monostate, bool, std::uint64_t, double, std::string,
                                      std::vector<std::uint64_t>>;
using statistics_row = std::vector<statistics_value>;

// The value as one word; "" where there is none.
std::string to_string(const statistics_value& value);

// One table of the books: rows of the same words.
struct statistics_section {
  std::string_view name;     // "resource", in metrics
  std::string_view plural;   // "resources", in tables and JSON
  bool single = false;       // has one row, and needs nothing to tell it by
  std::size_t identity = 0;  // its first words tell a row from others
  std::span<const statistics_word> words;
  std::vector<statistics_row> (*rows)(const statistics&);
};

// All sections, in the order in which they are printed. Thread rule: any.
std::span<const statistics_section> statistics_sections() noexcept;

}  // namespace nearmem
