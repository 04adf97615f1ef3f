#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include <nearmem/alloc/page_probe.hpp>
#include <nearmem/alloc/page_read_back.hpp>
#include <nearmem/alloc/page_spread.hpp>
#include <nearmem/topology/this_thread.hpp>

namespace nearmem {
namespace {

// A few pages, reserved and given back.
class scratch_pages {
 public:
  explicit scratch_pages(kernel& calls, std::size_t count = 1) noexcept
      : calls_(calls),
        pages_(
            calls.reserve(count * calls.page_bytes(), calls.page_bytes(), kernel::access::none)) {}
  ~scratch_pages() {
    if (pages_.data != nullptr) calls_.unreserve(pages_.data, pages_.bytes);
  }
  scratch_pages(const scratch_pages&) = delete;
  scratch_pages& operator=(const scratch_pages&) = delete;

  int open() noexcept {
    return pages_.data == nullptr ? pages_.error : calls_.open(pages_.data, pages_.bytes);
  }
  int set_policy(const memory_policy& policy) noexcept {
    return calls_.set_policy(pages_.data, pages_.bytes, policy);
  }
  int populate() noexcept { return calls_.populate(pages_.data, pages_.bytes); }
  page_run run() const noexcept { return {pages_.data, pages_.bytes}; }

 private:
  kernel& calls_;
  reserved_range pages_;
};

binding_outcome probe_bind(kernel& calls, const machine& hardware, scratch_pages& page,
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

constexpr std::size_t most_turns = 16;  // of the pages that are interleaved to see whose turn it is

// The smallest of the serving sets for which it matters what an address's pages are counted by;
// empty if none is.
node_set telling_set(const page_policy& policy, const void* address,
                     std::size_t page_bytes) noexcept {
  constexpr std::uint64_t low_bits = 0xffffffff;
  const std::uint64_t number = reinterpret_cast<std::uintptr_t>(address) / page_bytes;
  node_set over;
  for (const node_id node : policy.serving()) {
    over.insert(node);
    if (over.size() > most_turns) break;
    if ((number & ~low_bits) % over.size() != 0) return over;
  }
  return {};
}

}  // namespace

binding_outcome probe_placement(kernel& calls, const machine& hardware, const page_policy& policy,
                                const placement& where) noexcept {
  if (!policy.places()) return binding_outcome::simulated;
  if (where.what() == placement::kind::first_touch) return binding_outcome::first_touch;
  scratch_pages page(calls);
  if (page.open() != 0) return binding_outcome::unsupported;
  switch (where.what()) {
    case placement::kind::bind:
      return policy.serves(where.node()) ? probe_bind(calls, hardware, page, where.node())
                                         : policy.why_not(where.node());
    case placement::kind::interleave:
    case placement::kind::weighted_interleave: {
      node_set over = where.nodes();
      over &= policy.serving();
      if (over.empty()) {
        return policy.why_not(where.nodes().empty() ? node_id{} : *where.nodes().begin());
      }
      const bool weighted = where.what() == placement::kind::weighted_interleave;
      if (weighted && !calls.weights()) return binding_outcome::unsupported;
      const int error = page.set_policy(
          {weighted ? memory_policy::kind::weighted_interleave : memory_policy::kind::interleave,
           over});
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

unsigned probe_turn_bits(kernel& calls, const page_policy& policy) noexcept {
  constexpr unsigned all_bits = 64;
  constexpr unsigned older_bits = 32;
  if (!policy.places() || policy.serving().size() < 3) return all_bits;
  scratch_pages pages(calls, most_turns);
  if (pages.open() != 0) return all_bits;
  const page_run run = pages.run();
  const std::size_t page_bytes = calls.page_bytes();
  const node_set over = telling_set(policy, run.data, page_bytes);
  if (over.empty() || pages.set_policy({memory_policy::kind::interleave, over}) != 0 ||
      pages.populate() != 0) {
    return all_bits;
  }
  std::array<void*, most_turns> each{};
  std::array<int, most_turns> nodes{};
  for (std::size_t i = 0; i < most_turns; ++i)
    each[i] = run.data + i * page_bytes;
  if (calls.locate(each, nodes) != 0) return all_bits;
  // Some may lie elsewhere, as a node may be full.
  const auto explained_by = [&](unsigned bits) noexcept {
    const page_spread spread{over, static_cast<unsigned>(std::countr_zero(page_bytes)), bits};
    std::size_t pages_explained = 0;
    for (std::size_t i = 0; i < most_turns; ++i) {
      if (nodes[i] == static_cast<int>(to_number(spread.node_of(each[i])))) ++pages_explained;
    }
    return pages_explained;
  };
  return explained_by(older_bits) > explained_by(all_bits) ? older_bits : all_bits;
}

}  // namespace nearmem
