#include "tools/scratch_database.hpp"

#include <cstdlib>
#include <system_error>

#include "tools/command.hpp"

namespace nearmem::tools {

scratch_database::scratch_database(const std::string& asked)
    : folder_(asked), is_temporary_(asked.empty()) {
  if (!is_temporary_) return;
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  std::string pattern = (parent / "nearmem-fullnode-XXXXXX").string();
  if (error || ::mkdtemp(pattern.data()) == nullptr) {
    throw bad_input(parent.string() + ": no temporary folder can be made there; see --data");
  }
  folder_ = pattern;
}

scratch_database::~scratch_database() {
  std::error_code error;
  if (is_temporary_) std::filesystem::remove_all(folder_, error);
}

}  // namespace nearmem::tools
