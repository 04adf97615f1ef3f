#include "tools/ending_signals.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>

namespace nearmem::tools {
namespace {

constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP};
constexpr std::int64_t same_wish_milliseconds = 500;

// Signals are the process's, and so is what is noted of them.
std::atomic<int> noted{0};
std::atomic<bool> is_asked{false};
std::atomic<std::int64_t> noted_at{0};
std::atomic<pid_t> passed_on_to{0};
std::atomic<void (*)() noexcept> last_act{nullptr};
// A signal handler uses them.
static_assert(std::atomic<int>::is_always_lock_free);  // pid_t is one
static_assert(std::atomic<bool>::is_always_lock_free);
static_assert(std::atomic<std::int64_t>::is_always_lock_free);
static_assert(std::atomic<void (*)() noexcept>::is_always_lock_free);

std::int64_t milliseconds() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000 + now.tv_nsec / 1'000'000;
}

extern "C" void note(int signal) {
  const int error = errno;
  int none = 0;
  if (noted.compare_exchange_strong(none, signal)) {
    noted_at = milliseconds();
    is_asked = true;
    if (const pid_t child = passed_on_to; child > 0) ::kill(child, signal);
  } else if (is_asked && milliseconds() - noted_at >= same_wish_milliseconds) {
    if (auto* act = last_act.exchange(nullptr)) act();
    ::signal(signal, SIG_DFL);
    (void)::raise(signal);  // comes when this returns
  }
  errno = error;
}

}  // namespace

ending_signals::ending_signals() {
  noted = 0;
  is_asked = false;
  struct sigaction noting{};
  noting.sa_handler = note;
  noting.sa_flags = SA_RESTART;  // nobody's reading or writing has to expect it
  for (const int signal : signals) {
    struct sigaction before{};
    if (::sigaction(signal, nullptr, &before) != 0) continue;
    // What is ignored, as under nohup, or handled by somebody else stays so.
    if ((before.sa_flags & SA_SIGINFO) != 0 || before.sa_handler != SIG_DFL) continue;
    if (::sigaction(signal, &noting, nullptr) == 0) before_.emplace_back(signal, before);
  }
}

ending_signals::~ending_signals() {
  for (const auto& [signal, action] : before_)
    ::sigaction(signal, &action, nullptr);
  passed_on_to = 0;
}

const std::atomic<bool>& ending_signals::asked() const noexcept {
  return is_asked;
}

int ending_signals::which() const noexcept {
  return noted;
}

void ending_signals::pass_on_to(pid_t child) noexcept {
  passed_on_to = child;
  if (child > 0 && is_asked) ::kill(child, noted);
}

void ending_signals::before_end(void (*act)() noexcept) noexcept {
  last_act = act;
}

void end_by(int signal) noexcept {
  ::signal(signal, SIG_DFL);
  (void)::raise(signal);
}

}  // namespace nearmem::tools
