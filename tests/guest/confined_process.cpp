#include "confined_process.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <system_error>

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nearmem {
namespace {

void require(long result, const char* call) {
  if (result != 0) throw std::system_error(errno, std::generic_category(), call);
}

// Each answers EPERM from now on.
template <std::size_t Count>
void refuse(const std::array<long, Count>& refused) {
  constexpr auto load = static_cast<__u16>(BPF_LD | BPF_W | BPF_ABS);
  constexpr auto jump = static_cast<__u16>(BPF_JMP | BPF_JEQ | BPF_K);
  constexpr auto give = static_cast<__u16>(BPF_RET | BPF_K);
  std::array<sock_filter, Count + 3> program{};
  program.front() = {load, 0, 0, 0};  // the call's number is at the beginning
  for (std::size_t i = 0; i < refused.size(); ++i) {
    const auto to_refusal = static_cast<__u8>(refused.size() - i);
    program[i + 1] = {jump, to_refusal, 0, static_cast<__u32>(refused[i])};
  }
  program[refused.size() + 1] = {give, 0, 0, SECCOMP_RET_ALLOW};
  program[refused.size() + 2] = {give, 0, 0, SECCOMP_RET_ERRNO | EPERM};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  require(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl");
  require(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter), "seccomp");
  if (::syscall(refused.front(), 0, 0, nullptr, nullptr, nullptr, 0) == 0 || errno != EPERM) {
    throw std::runtime_error("the filter refuses nothing");
  }
}

void refuse_numa_calls() {
#ifndef SYS_set_mempolicy_home_node
#define SYS_set_mempolicy_home_node 450
#endif
  refuse<6>({SYS_get_mempolicy, SYS_mbind, SYS_set_mempolicy, SYS_set_mempolicy_home_node,
             SYS_move_pages, SYS_migrate_pages});
}

void hide_proc() {
  require(::unshare(CLONE_NEWNS), "unshare");
  require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "mount");
  require(::umount2("/proc", MNT_DETACH), "umount2");
}

void confine(const confinement& what) {
  if (what.policy_mode != 0) {
    require(::syscall(SYS_set_mempolicy, what.policy_mode, what.policy_nodes.words().data(),
                      max_nodes + 1),
            "set_mempolicy");
  }
  if (what.hide_proc) hide_proc();
  if (what.refuse_move_pages) refuse<1>({SYS_move_pages});
  if (what.refuse_numa_calls) refuse_numa_calls();
}

}  // namespace

bool holds_under(const confinement& what, const std::function<void()>& body) {
  std::cout << std::flush;
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    int status = EXIT_FAILURE;
    try {
      confine(what);
      body();
      status = ::testing::Test::HasFailure() ? EXIT_FAILURE : EXIT_SUCCESS;
    } catch (const std::exception& error) {
      std::cout << error.what() << '\n';
    }
    std::cout << std::flush;
    std::fflush(nullptr);
    ::_exit(status);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return false;
  if (WIFSIGNALED(status)) std::cout << "the child died of signal " << WTERMSIG(status) << '\n';
  return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

}  // namespace nearmem
