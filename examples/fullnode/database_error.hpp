#pragma once

#include <stdexcept>

namespace nearmem::fullnode {

// A database that cannot be used, or be used any further: locked, read-only, full, of another
// format. One line that names the folder and what is wrong. What was reported as flushed is safe.
class database_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace nearmem::fullnode
