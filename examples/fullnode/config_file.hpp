#pragma once

#include <stdexcept>
#include <string>

#include "examples/fullnode/node_config.hpp"

namespace nearmem::fullnode {

// A configuration that cannot be used. One line that names the file, the line, the key and what is
// wrong.
class config_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Reads a TOML file on top of `base`: what it does not name stays. Throws config_error: where the
// file cannot be read, is no TOML, names a key that is not known, or a value that is not what its
// key takes.
node_config read_config(const std::string& file, const node_config& base = {});

// The same from text; `name` stands for the file in errors.
node_config parse_config(const std::string& text, const std::string& name,
                         const node_config& base = {});

// A file with every key, its default and what it means.
std::string default_config();

// Throws config_error where a part's budget, or their sum, is more than the node's, or a part's is
// too small for what it must hold at once, so that the node could not even begin.
void require_usable(const node_config& config);

}  // namespace nearmem::fullnode
