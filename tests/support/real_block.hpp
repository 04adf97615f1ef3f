#pragma once

#include <string>

namespace nearmem {

// Where Bitcoin's block 413,567 lies, which is no part of the project, or why it cannot be tested
// with: `file` is empty then.
struct real_block {
  std::string file;
  std::string missing;
};

// The file that the environment variable NEARMEM_TEST_BLOCK names, or one beside the source root.
real_block find_real_block();

}  // namespace nearmem
