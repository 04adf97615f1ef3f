#include <sys/resource.h>

#include <nearmem/topology/limits.hpp>
#include <nearmem/topology/procfs.hpp>

namespace nearmem {
namespace {

std::optional<std::size_t> address_space_limit() noexcept {
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return static_cast<std::size_t>(limit.rlim_cur);
}

}  // namespace

process_limits read_process_limits() {
  process_limits limits;
  limits.address_space_bytes = address_space_limit();
  limits.cgroup_bytes = cgroup_memory_bound();
  limits.allowed_nodes = allowed_nodes().value_or(node_set{});
  limits.inherited_policy = inherited_memory_policy();
  limits.overcommit = overcommit_mode().value_or(0);
  limits.huge_pages = huge_page_mode();
  limits.numa_balancing = numa_balancing_enabled();
  return limits;
}

}  // namespace nearmem
