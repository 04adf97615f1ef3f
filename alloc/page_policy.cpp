#include <cerrno>

#include <nearmem/alloc/page_policy.hpp>

namespace nearmem {
namespace {

// Nodes that have memory; all of them where no node's memory is known.
node_set with_memory(const machine& hardware) noexcept {
  node_set nodes;
  for (const numa_node& node : hardware.nodes()) {
    if (node.bytes != 0) nodes.insert(node.id);
  }
  return nodes.empty() ? hardware.node_numbers() : nodes;
}

}  // namespace

page_policy::page_policy(const machine& hardware, const kernel& calls)
    : hardware_(hardware),
      places_(calls.places_memory_of(hardware)),
      serving_(with_memory(hardware)) {
  if (!places_) return;
  const memory_policy inherited = calls.inherited_policy();
  node_set common = inherited.nodes;
  common &= serving_;
  switch (inherited.what) {
    case memory_policy::kind::bind:
      if (common.empty() || common == serving_) break;
      restricted_ = true;
      serving_ = common;
      break;
    case memory_policy::kind::preferred:
      preferred_ = common;
      prefers_ = !common.empty();
      break;
    case memory_policy::kind::weighted_interleave:
      local_is_weighted_ = true;
      [[fallthrough]];
    case memory_policy::kind::interleave:
      if (hardware.nodes().size() > 1) local_turns_ = common;
      break;
    case memory_policy::kind::default_:
    case memory_policy::kind::local:
      break;
  }
}

node_id page_policy::nearest(node_id node) const noexcept {
  if (serving_.contains(node)) return node;
  for (const node_id next : hardware_.fallback_order(node)) {
    if (serving_.contains(next)) return next;
  }
  return *serving_.begin();
}

node_id page_policy::local(node_id here) const noexcept {
  if (!prefers_) return nearest(here);
  for (const node_id next : hardware_.fallback_order(here)) {
    if (preferred_.contains(next)) return next;
  }
  return *preferred_.begin();
}

binding_outcome page_policy::outcome_near(const placement& where, node_id wanted,
                                          int error) const noexcept {
  if (!places_) return binding_outcome::simulated;
  const bool local = where.what() == placement::kind::local;
  if (!local && !serves(wanted)) return why_not(wanted);
  if (error == 0) return binding_outcome::preferred;
  // The thread that asks is the first to touch: local memory needs no policy to be near it.
  if (local && error == ENOSYS) return binding_outcome::first_touch;
  return outcome_of(error);
}

binding_outcome page_policy::outcome_of(int error) noexcept {
  switch (error) {
    case EPERM:
    case EACCES:
      return binding_outcome::denied;
    case EINVAL:
    case ENODEV:
      return binding_outcome::no_such_node;
    default:
      return binding_outcome::unsupported;
  }
}

binding_outcome page_policy::why_not(node_id node) const noexcept {
  return restricted_ && hardware_.find(node) != nullptr ? binding_outcome::denied
                                                        : binding_outcome::no_such_node;
}

}  // namespace nearmem
