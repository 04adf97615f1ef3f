#include <algorithm>
#include <charconv>
#include <system_error>

#include <nearmem/topology/synthetic_notation.hpp>

namespace nearmem {
namespace {

// The count of one level, "core:4(...)" or "4"; 1 for what has none.
std::size_t level_count(std::string_view level, std::size_t most) noexcept {
  level = level.substr(0, level.find('('));
  const std::size_t colon = level.rfind(':');
  if (colon != std::string_view::npos) level.remove_prefix(colon + 1);
  std::size_t count = 1;
  const auto [end, error] = std::from_chars(level.data(), level.data() + level.size(), count);
  if (error == std::errc::result_out_of_range) return most + 1;
  return error == std::errc{} ? count : 1;
}

}  // namespace

std::size_t synthetic_cpus(std::string_view notation, std::size_t most) noexcept {
  std::size_t cpus = 1;
  std::size_t at = 0;
  while (at < notation.size() && cpus <= most) {
    const char next = notation[at];
    if (next == '[' || next == '(') {
      // Memory of a level, or attributes: no level of its own.
      at = std::min(notation.find(next == '[' ? ']' : ')', at), notation.size() - 1) + 1;
    } else if (next == ' ' || next == '\t' || next == '\n') {
      ++at;
    } else {
      const std::size_t end = std::min(notation.find_first_of(" \t\n[(", at), notation.size());
      const std::size_t count = level_count(notation.substr(at, end - at), most);
      cpus = count > most / std::max<std::size_t>(cpus, 1) ? most + 1 : cpus * count;
      at = end;
    }
  }
  return std::min(cpus, most + 1);
}

std::string with_memory_stated(std::string_view notation) {
  std::string result;
  while (!notation.empty()) {
    const std::size_t open = std::min(notation.find('['), notation.size());
    const std::size_t close = std::min(notation.find(']', open), notation.size());
    std::string attached(notation.substr(open, close - open));
    if (!attached.empty() && attached.find("memory=") == std::string::npos) {
      const std::size_t attributes = attached.find('(');
      if (attributes == std::string::npos) {
        attached += "(memory=1073741824)";
      } else {
        attached.insert(attributes + 1, "memory=1073741824 ");
      }
    }
    result += notation.substr(0, open);
    result += attached;
    notation.remove_prefix(close);
  }
  return result;
}

}  // namespace nearmem
