#include <cerrno>
#include <cstddef>

#include <sched.h>
#include <unistd.h>

#include <nearmem/topology/cpu_set.hpp>
#include <nearmem/topology/numa_node.hpp>
#include <nearmem/topology/pinned_thread.hpp>

namespace nearmem {
namespace {

using affinity = std::vector<unsigned long>;

constexpr std::size_t word_bits = 8 * sizeof(unsigned long);

// The kernel's mask may be longer than cpu_set_t, so it is handed over as words of any number.
bool set_affinity(const affinity& mask) noexcept {
  return ::sched_setaffinity(0, mask.size() * sizeof(unsigned long),
                             reinterpret_cast<const ::cpu_set_t*>(mask.data())) == 0;
}

// Of a thread, or of the calling one (0). Empty where the kernel refuses to say.
affinity get_affinity(::pid_t thread) {
  affinity mask(1024 / word_bits);
  while (::sched_getaffinity(thread, mask.size() * sizeof(unsigned long),
                             reinterpret_cast<::cpu_set_t*>(mask.data())) != 0) {
    // EINVAL: the kernel's own mask is longer.
    if (errno != EINVAL || mask.size() >= 65536 / word_bits) return {};
    mask.assign(mask.size() * 2, 0);
  }
  return mask;
}

// What this process was started with, by its main thread at the first pin.
const affinity& inherited_affinity() {
  static const affinity inherited = get_affinity(::getpid());
  return inherited;
}

bool contains(const affinity& mask, unsigned cpu) noexcept {
  return cpu / word_bits < mask.size() && (mask[cpu / word_bits] >> (cpu % word_bits) & 1) != 0;
}

}  // namespace

std::string_view to_string(pin_outcome outcome) noexcept {
  switch (outcome) {
    case pin_outcome::pinned:
      return "pinned";
    case pin_outcome::simulated:
      return "simulated";
    case pin_outcome::no_such_node:
      return "no_such_node";
    case pin_outcome::no_cpus:
      return "no_cpus";
    case pin_outcome::denied:
      return "denied";
  }
  return "denied";
}

pinned_thread::pinned_thread(const machine& where, node_id node) {
  const numa_node* target = where.find(node);
  if (target == nullptr) {
    outcome_ = pin_outcome::no_such_node;
    return;
  }
  pin(where, target->cpus);
}

pinned_thread::pinned_thread(const machine& where, const cpu_set& cpus) {
  pin(where, cpus);
}

void pinned_thread::pin(const machine& where, const cpu_set& cpus) {
  if (!where.is_live()) {
    outcome_ = pin_outcome::simulated;
    return;
  }
  if (cpus.empty()) {
    outcome_ = pin_outcome::no_cpus;
    return;
  }
  const affinity& inherited = inherited_affinity();
  affinity wanted(inherited.size());
  bool any = false;
  for (unsigned cpu : cpus) {
    if (!contains(inherited, cpu)) continue;
    wanted[cpu / word_bits] |= 1UL << (cpu % word_bits);
    any = true;
  }
  before_ = get_affinity(0);
  if (any && !before_.empty() && set_affinity(wanted)) outcome_ = pin_outcome::pinned;
}

pinned_thread::~pinned_thread() {
  // The old mask was valid a moment ago; if the cpuset has lost all of it since, staying is all
  // that is left.
  if (outcome_ == pin_outcome::pinned) set_affinity(before_);
}

}  // namespace nearmem
