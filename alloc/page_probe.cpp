#include <nearmem/alloc/page_probe.hpp>
#include <nearmem/alloc/page_read_back.hpp>
#include <nearmem/topology/this_thread.hpp>

namespace nearmem {
namespace {

// One page, reserved and given back.
class scratch_page {
 public:
  explicit scratch_page(kernel& calls) noexcept
      : calls_(calls),
        page_(calls.reserve(calls.page_bytes(), calls.page_bytes(), kernel::access::none)) {}
  ~scratch_page() {
    if (page_.data != nullptr) calls_.unreserve(page_.data, page_.bytes);
  }
  scratch_page(const scratch_page&) = delete;
  scratch_page& operator=(const scratch_page&) = delete;

  int open() noexcept {
    return page_.data == nullptr ? page_.error : calls_.open(page_.data, page_.bytes);
  }
  int set_policy(const memory_policy& policy) noexcept {
    return calls_.set_policy(page_.data, page_.bytes, policy);
  }
  int populate() noexcept { return calls_.populate(page_.data, page_.bytes); }
  page_run run() const noexcept { return {page_.data, page_.bytes}; }

 private:
  kernel& calls_;
  reserved_range page_;
};

binding_outcome probe_bind(kernel& calls, const machine& hardware, scratch_page& page,
                           node_id node) noexcept {
  if (const int error = page.set_policy({memory_policy::kind::preferred, {node}}); error != 0) {
    return page_policy::outcome_of(error);
  }
  if (page.populate() != 0) return binding_outcome::unsupported;
  if (hardware.nodes().size() > 1) {
    const read_back seen = read_back_run(calls, page.run(), node);
    if (seen == read_back::strayed) return binding_outcome::preferred;
    if (seen == read_back::unknown) return binding_outcome::unsupported;
  }
  const int error = page.set_policy({memory_policy::kind::bind, {node}});
  return error == 0 ? binding_outcome::bound : page_policy::outcome_of(error);
}

}  // namespace

binding_outcome probe_placement(kernel& calls, const machine& hardware, const page_policy& policy,
                                const placement& where) noexcept {
  if (!policy.places()) return binding_outcome::simulated;
  if (where.what() == placement::kind::first_touch) return binding_outcome::first_touch;
  scratch_page page(calls);
  if (page.open() != 0) return binding_outcome::unsupported;
  switch (where.what()) {
    case placement::kind::bind:
      return policy.serves(where.node()) ? probe_bind(calls, hardware, page, where.node())
                                         : policy.why_not(where.node());
    case placement::kind::interleave: {
      node_set over = where.nodes();
      over &= policy.serving();
      if (over.empty()) {
        return policy.why_not(where.nodes().empty() ? node_id{} : *where.nodes().begin());
      }
      const int error = page.set_policy({memory_policy::kind::interleave, over});
      return error == 0 ? binding_outcome::preferred : page_policy::outcome_of(error);
    }
    case placement::kind::local:
      if (!policy.local_turns().empty()) return binding_outcome::denied;
      break;
    case placement::kind::preferred:
    case placement::kind::first_touch:
      break;
  }
  const bool local = where.what() == placement::kind::local;
  const node_id wanted = local ? policy.local(this_thread::node(hardware)) : where.node();
  const node_id near = policy.nearest(wanted);
  return policy.outcome_near(where, wanted,
                             page.set_policy({memory_policy::kind::preferred, {near}}));
}

}  // namespace nearmem
