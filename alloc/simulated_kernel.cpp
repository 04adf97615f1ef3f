#include <cerrno>
#include <iterator>
#include <utility>

#include <unistd.h>

#include <nearmem/alloc/mapping_calls.hpp>
#include <nearmem/alloc/simulated_kernel.hpp>
#include <nearmem/topology/this_thread.hpp>

namespace nearmem {
namespace {

std::uintptr_t number_of(const void* data) noexcept {
  return reinterpret_cast<std::uintptr_t>(data);
}

}  // namespace

simulated_kernel::simulated_kernel(const machine& hardware, std::size_t page_bytes)
    : hardware_(hardware),
      page_bytes_(page_bytes != 0 ? page_bytes : static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))),
      allowed_(hardware.node_numbers()),
      policies_{{0, memory_policy{}}},
      huge_{{0, false}} {
  for (const numa_node& node : hardware.nodes())
    nodes_[node.id].bytes = node.bytes;
}

simulated_kernel::~simulated_kernel() = default;

template <class Value>
void simulated_kernel::assign(ranges<Value>& map, address begin, address end, const Value& value) {
  const Value behind = at(map, end);
  map.erase(map.lower_bound(begin), map.upper_bound(end));
  map[begin] = value;
  map[end] = behind;
}

template <class Value>
const Value& simulated_kernel::at(const ranges<Value>& map, address where) {
  return std::prev(map.upper_bound(where))->second;
}

// --- What the kernel is like.

void simulated_kernel::set_node_bytes(node_id node, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  nodes_[node].bytes = bytes;
}

void simulated_kernel::set_running_node(std::optional<node_id> node) {
  const std::lock_guard lock(mutex_);
  running_ = node;
}

void simulated_kernel::set_allowed_nodes(const node_set& nodes) {
  const std::lock_guard lock(mutex_);
  allowed_ = nodes;
}

void simulated_kernel::set_inherited_policy(const memory_policy& policy) {
  const std::lock_guard lock(mutex_);
  inherited_ = policy;
}

void simulated_kernel::refuse_policy(memory_policy::kind what, int error) {
  const std::lock_guard lock(mutex_);
  refused_policies_[static_cast<std::size_t>(what)] = error;
}

void simulated_kernel::set_weights(const node_weights& weights) {
  const std::lock_guard lock(mutex_);
  weights_ = weights;
}

void simulated_kernel::set_turn_bits(unsigned bits) {
  const std::lock_guard lock(mutex_);
  turn_bits_ = bits;
}

void simulated_kernel::refuse_locate(int error) {
  const std::lock_guard lock(mutex_);
  refused_locate_ = error;
}

void simulated_kernel::set_reservable_bytes(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  reservable_ = bytes;
}

void simulated_kernel::set_address_space(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  address_space_ = bytes;
}

// --- What goes wrong.

void simulated_kernel::fail(kernel_call what, std::size_t n, int error) {
  const std::lock_guard lock(mutex_);
  failing_ = what;
  fail_after_ = n;
  failure_ = error;
  has_failed_ = false;
}

void simulated_kernel::fail_any(std::size_t n, int error) {
  fail(kernel_call::reserve, n, error);
  const std::lock_guard lock(mutex_);
  failing_.reset();
}

bool simulated_kernel::has_failed() const {
  const std::lock_guard lock(mutex_);
  return has_failed_;
}

void simulated_kernel::migrate(const std::byte* data, std::size_t bytes, node_id to) {
  const std::lock_guard lock(mutex_);
  for (address page = number_of(data); page < number_of(data) + bytes; page += page_bytes_) {
    const auto found = resident_.find(page);
    if (found == resident_.end()) continue;
    nodes_[found->second].used -= page_bytes_;
    nodes_[to].used += page_bytes_;
    found->second = to;
  }
}

int simulated_kernel::count(kernel_call what) {
  ++counts_[static_cast<std::size_t>(what)];
  if (failure_ == 0 || (failing_ && *failing_ != what)) return 0;
  if (fail_after_-- != 0) return 0;
  has_failed_ = true;
  return std::exchange(failure_, 0);
}

// --- What happened.

std::size_t simulated_kernel::calls(kernel_call what) const {
  const std::lock_guard lock(mutex_);
  return counts_[static_cast<std::size_t>(what)];
}

std::size_t simulated_kernel::reserved_bytes() const {
  const std::lock_guard lock(mutex_);
  return reserved_;
}

std::size_t simulated_kernel::resident_bytes() const {
  const std::lock_guard lock(mutex_);
  return resident_.size() * page_bytes_;
}

std::size_t simulated_kernel::resident_bytes(node_id node) const {
  const std::lock_guard lock(mutex_);
  const auto found = nodes_.find(node);
  return found == nodes_.end() ? 0 : found->second.used;
}

std::optional<node_id> simulated_kernel::node_of(const void* data) const {
  const std::lock_guard lock(mutex_);
  const auto found = resident_.find(number_of(data) & ~(page_bytes_ - 1));
  if (found == resident_.end()) return std::nullopt;
  return found->second;
}

memory_policy simulated_kernel::policy_of(const void* data) const {
  const std::lock_guard lock(mutex_);
  return at(policies_, number_of(data));
}

bool simulated_kernel::huge_pages_allowed(const void* data) const {
  const std::lock_guard lock(mutex_);
  return at(huge_, number_of(data));
}

std::size_t simulated_kernel::kills() const {
  const std::lock_guard lock(mutex_);
  return kills_;
}

// --- kernel

bool simulated_kernel::places_memory_of(const machine& hardware) const noexcept {
  return hardware.node_numbers() == hardware_.node_numbers();
}

memory_policy simulated_kernel::inherited_policy() const noexcept {
  const std::lock_guard lock(mutex_);
  return inherited_;
}

std::optional<node_weights> simulated_kernel::weights() const noexcept {
  const std::lock_guard lock(mutex_);
  return weights_;
}

std::size_t simulated_kernel::reservable_bytes() const noexcept {
  const std::lock_guard lock(mutex_);
  return reservable_;
}

std::size_t simulated_kernel::page_bytes() const noexcept {
  return page_bytes_;
}

reserved_range simulated_kernel::reserve(std::size_t bytes, std::size_t alignment,
                                         access before_open) noexcept {
  const std::lock_guard lock(mutex_);
  if (const int error = count(kernel_call::reserve); error != 0) return {nullptr, 0, error};
  if (bytes > address_space_ || reserved_ > address_space_ - bytes) return {nullptr, 0, ENOMEM};
  int error = 0;
  std::byte* data = map_pages(bytes, alignment, before_open == access::zeros, error);
  if (data == nullptr) return {nullptr, 0, error};
  reserved_ += bytes;
  return {data, bytes, 0};
}

void simulated_kernel::unreserve(std::byte* data, std::size_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  const address begin = number_of(data);
  forget(begin, begin + bytes);
  assign(policies_, begin, begin + bytes, memory_policy{});
  assign(huge_, begin, begin + bytes, false);
  reserved_ -= bytes;
  unmap_pages(data, bytes);
}

int simulated_kernel::open(std::byte* data, std::size_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  if (const int error = count(kernel_call::open); error != 0) return error;
  return make_writable(data, bytes);
}

int simulated_kernel::populate(std::byte* data, std::size_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  if (const int error = count(kernel_call::populate); error != 0) return error;
  const address end = number_of(data) + bytes;
  for (address page = number_of(data); page < end; page += page_bytes_) {
    if (resident_.contains(page)) continue;
    const memory_policy& policy = at(policies_, page);
    const std::optional<node_id> node = choose(policy, page);
    if (!node) {
      if (policy.what == memory_policy::kind::bind) ++kills_;
      return ENOMEM;
    }
    resident_.emplace(page, *node);
    nodes_[*node].used += page_bytes_;
  }
  return 0;
}

int simulated_kernel::purge(std::byte* data, std::size_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  if (const int error = count(kernel_call::purge); error != 0) return error;
  forget(number_of(data), number_of(data) + bytes);
  return purge_pages(data, bytes);
}

int simulated_kernel::huge_pages(std::byte* data, std::size_t bytes, bool allowed) noexcept {
  const std::lock_guard lock(mutex_);
  if (const int error = count(kernel_call::huge_pages); error != 0) return error;
  assign(huge_, number_of(data), number_of(data) + bytes, allowed);
  return 0;
}

int simulated_kernel::set_policy(std::byte* data, std::size_t bytes,
                                 const memory_policy& policy) noexcept {
  const std::lock_guard lock(mutex_);
  if (const int error = count(kernel_call::set_policy); error != 0) return error;
  if (const int error = refused_policies_[static_cast<std::size_t>(policy.what)]; error != 0) {
    return error;
  }
  if (policy.what == memory_policy::kind::weighted_interleave && !weights_) return EINVAL;
  memory_policy told = policy;
  if (policy.what != memory_policy::kind::default_ && policy.what != memory_policy::kind::local) {
    // Linux keeps the good part of a set, and refuses one that has none.
    for (const node_id node : policy.nodes) {
      const auto found = nodes_.find(node);
      const bool good =
          allowed_.contains(node) && found != nodes_.end() && found->second.bytes != 0;
      if (!good) told.nodes.erase(node);
    }
    if (told.nodes.empty()) return EINVAL;
  }
  assign(policies_, number_of(data), number_of(data) + bytes, told);
  return 0;
}

int simulated_kernel::locate(std::span<void* const> pages, std::span<int> nodes) noexcept {
  const std::lock_guard lock(mutex_);
  if (const int error = count(kernel_call::locate); error != 0) return error;
  if (refused_locate_ != 0) return refused_locate_;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const auto found = resident_.find(number_of(pages[i]));
    nodes[i] = found == resident_.end() ? -ENOENT : static_cast<int>(to_number(found->second));
  }
  return 0;
}

int simulated_kernel::move(std::span<void* const> pages, std::span<const node_id> targets,
                           std::span<int> results) noexcept {
  const std::lock_guard lock(mutex_);
  if (const int error = count(kernel_call::move); error != 0) return error;
  if (refused_locate_ != 0) return refused_locate_;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const auto found = resident_.find(number_of(pages[i]));
    if (found == resident_.end()) {
      results[i] = -ENOENT;
    } else if (!allowed_.contains(targets[i])) {
      results[i] = -EACCES;
    } else if (found->second != targets[i] && !has_room(targets[i])) {
      results[i] = -ENOMEM;
    } else {
      nodes_[found->second].used -= page_bytes_;
      nodes_[targets[i]].used += page_bytes_;
      found->second = targets[i];
      results[i] = static_cast<int>(to_number(targets[i]));
    }
  }
  return 0;
}

// --- Where pages go.

bool simulated_kernel::has_room(node_id node) const {
  const auto found = nodes_.find(node);
  return found != nodes_.end() && allowed_.contains(node) &&
         found->second.used + page_bytes_ <= found->second.bytes;
}

node_id simulated_kernel::running_node() const {
  return running_ ? *running_ : this_thread::node(hardware_);
}

std::optional<node_id> simulated_kernel::nearest_with_room(node_id from) const {
  for (const node_id node : hardware_.fallback_order(from)) {
    if (has_room(node)) return node;
  }
  return std::nullopt;
}

std::optional<node_id> simulated_kernel::choose(const memory_policy& policy, address page) const {
  switch (policy.what) {
    case memory_policy::kind::default_:
      if (inherited_.what != memory_policy::kind::default_) return choose(inherited_, page);
      break;
    case memory_policy::kind::local:
      break;
    case memory_policy::kind::preferred:
      return nearest_with_room(*policy.nodes.begin());
    case memory_policy::kind::bind:
      for (const node_id node : policy.nodes) {
        if (has_room(node)) return node;
      }
      return std::nullopt;
    case memory_policy::kind::interleave:
    case memory_policy::kind::weighted_interleave: {
      const bool weighted = policy.what == memory_policy::kind::weighted_interleave;
      std::vector<node_id> turns;
      for (const node_id node : policy.nodes)
        turns.insert(turns.end(), weighted ? weights_->of(node) : 1, node);
      const std::uint64_t number = page / page_bytes_ & (~std::uint64_t{0} >> (64 - turn_bits_));
      return nearest_with_room(turns[number % turns.size()]);
    }
  }
  return nearest_with_room(running_node());
}

void simulated_kernel::forget(address begin, address end) {
  for (address page = begin; page < end; page += page_bytes_) {
    // A large reservation holds few pages: walk what is shorter.
    if ((end - page) / page_bytes_ > resident_.size()) {
      std::erase_if(resident_, [&](const auto& entry) {
        if (entry.first < page || entry.first >= end) return false;
        nodes_[entry.second].used -= page_bytes_;
        return true;
      });
      return;
    }
    const auto found = resident_.find(page);
    if (found == resident_.end()) continue;
    nodes_[found->second].used -= page_bytes_;
    resident_.erase(found);
  }
}

}  // namespace nearmem
