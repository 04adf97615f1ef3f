#include <new>
#include <string>

#include <pthread.h>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/linux_kernel.hpp>
#include <nearmem/alloc/page_source.hpp>

// The page source of the process: made at first use, never destroyed, as late destructors and
// detached threads may still hold its pages.

namespace nearmem {
namespace {

machine discover_or_guess() {
  try {
    const machine& hardware = machine::process();
    const std::string& refused = hardware.refused_measurements();
    if (!refused.empty()) diagnose(refused.c_str());
    return hardware;
  } catch (const machine_error&) {
    // A machine that cannot be described has memory all the same; nothing is said about nodes.
    return machine::from_synthetic("numa:1 pu:1");
  }
}

page_source& make_source() {
  // Never destroyed, not even when the process ends.
  static linux_kernel& calls = *new linux_kernel;
  return *new page_source(discover_or_guess(), calls);
}

}  // namespace

page_source& page_source::process() {
  static page_source& source = make_source();
  // A fork while another thread holds a slot's lock would leave it locked in the child for good.
  static const bool fork_safe = [] {
    ::pthread_atfork([] { source.lock_all(); }, [] { source.unlock_all(); },
                     [] { source.unlock_all(); });
    return true;
  }();
  static_cast<void>(fork_safe);
  return source;
}

}  // namespace nearmem
