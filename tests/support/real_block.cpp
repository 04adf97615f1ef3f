#include "tests/support/real_block.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace nearmem {

real_block find_real_block() {
  std::filesystem::path file;
  if (const char* named = std::getenv("NEARMEM_TEST_BLOCK")) {
    file = named;
  } else {
    file = std::filesystem::path(NEARMEM_SOURCE_ROOT) / "../shared/data/block-413567.raw";
  }
  std::error_code ignored;
  if (std::filesystem::is_regular_file(file, ignored)) return {file.string(), ""};
  return {"", "block 413,567 is neither where NEARMEM_TEST_BLOCK says nor at " + file.string()};
}

}  // namespace nearmem
