#pragma once

#include <string>
#include <variant>
#include <vector>

#include "examples/fullnode/block_generator.hpp"

namespace nearmem::fullnode {

// Where a life's blocks came from: generated, or these files.
using life_source = std::variant<generation, std::vector<std::string>>;

}  // namespace nearmem::fullnode
