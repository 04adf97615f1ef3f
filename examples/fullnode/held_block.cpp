#include "examples/fullnode/held_block.hpp"

#include <nearmem/accounting/dynamic_usage.hpp>

#include "examples/fullnode/recursive_modelled_usage.hpp"

namespace nearmem::fullnode {

std::size_t held_block::dynamic_usage() const {
  return recursive_dynamic_usage(stored_->bytes) + recursive_dynamic_usage(*content_);
}

std::size_t held_block::modelled_usage() const {
  return recursive_modelled_usage(stored_->bytes) + recursive_modelled_usage(*content_);
}

}  // namespace nearmem::fullnode
