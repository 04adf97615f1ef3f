#include "tools/scratch_database.hpp"

#include <cstdlib>
#include <string_view>
#include <system_error>

#include "tools/command.hpp"

namespace nearmem::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "nearmem-fullnode-";
constexpr std::string_view unique = "XXXXXX";  // mkdtemp's
constexpr std::string_view database = "database";

bool is_temporary_name(const std::string& name) {
  return name.size() == prefix.size() + unique.size() && name.starts_with(prefix);
}

// A folder that has just been made is empty, and whoever makes one locks it before it is not.
bool holds_a_database_alone(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator each(folder, error);
  if (error || each == fs::directory_iterator()) return false;
  if (each->path().filename() != database) return false;
  if (!fs::is_directory(each->symlink_status(error)) || error) return false;
  each.increment(error);
  return !error && each == fs::directory_iterator();
}

bad_input no_temporary_folder(const fs::path& parent) {
  return bad_input(parent.string() + ": no temporary folder can be made there; see --data");
}

fs::path folder_of_temporary_files() {
  std::error_code error;
  fs::path found = fs::temp_directory_path(error);
  if (!error) return found;
  const char* named = std::getenv("TMPDIR");
  throw no_temporary_folder(named != nullptr ? named : "/tmp");
}

void remove_what_killed_runs_left(const fs::path& parent) {
  std::error_code error;
  for (fs::directory_iterator each(parent, error); !error && each != fs::directory_iterator();
       each.increment(error)) {
    const fs::path& folder = each->path();
    if (!is_temporary_name(folder.filename().string())) continue;
    const locked_folder lock(folder, locked_folder::when_locked::give_up);
    if (!lock.holds() || !lock.is_private() || !holds_a_database_alone(folder)) continue;
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
}

}  // namespace

scratch_database::scratch_database(const std::string& asked) : folder_(asked) {
  if (!asked.empty()) return;
  const fs::path parent = folder_of_temporary_files();
  std::string pattern = (parent / prefix).string() + std::string(unique);
  if (::mkdtemp(pattern.data()) == nullptr) throw no_temporary_folder(parent);
  temporary_ = pattern;
  // Without a lock, where there are none, nobody else holds one there either, and removes it.
  lock_.emplace(temporary_, locked_folder::when_locked::wait);
  folder_ = (temporary_ / database).string();
  remove_what_killed_runs_left(parent);
}

scratch_database::~scratch_database() {
  std::error_code error;
  if (!temporary_.empty()) fs::remove_all(temporary_, error);
}

}  // namespace nearmem::tools
