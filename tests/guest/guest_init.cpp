// The first process of a guest that script/numa-guest boots. Static: the guest has no other system.
//
//   ttyS0  the kernel's console, and what goes wrong here
//   ttyS1  the program's standard output
//   ttyS2  the program's standard error
//   ttyS3  "started"; then "exit N" or "signal N"
//
//   /plan  what to do, NUL-ended `word value` in order:
//            set FILE TEXT            written to a file of the kernel's
//            cpuset.mems LIST         the program's cgroup
//            cpuset.cpus LIST
//            environment NAME=VALUE
//            argument WORD            the program first
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace {

constexpr int status_not_started = 127;  // as the shell's where it cannot run a command
constexpr const char* group = "/sys/fs/cgroup/program";

using step = std::pair<std::string, std::string>;

void say(const std::string& what, const std::string& subject) {
  std::fprintf(stderr, "guest_init: %s %s: %s\n", what.c_str(), subject.c_str(),
               std::strerror(errno));
}

void mount_on(const char* folder, const char* type) {
  ::mkdir(folder, 0755);
  if (::mount(type, folder, type, 0, nullptr) != 0) say("mount", folder);
}

// A serial line that carries bytes as they are.
int open_line(const char* path) {
  const int line = ::open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (line < 0) {
    say("open", path);
    return line;
  }
  termios settings{};
  if (::tcgetattr(line, &settings) == 0) {
    ::cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL;
    ::cfsetspeed(&settings, B115200);
    ::tcsetattr(line, TCSANOW, &settings);
  }
  return line;
}

void write_file(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0 || ::write(file, text.data(), text.size()) < 0) say("write " + text + " to", path);
  if (file >= 0) ::close(file);
}

std::vector<step> read_plan() {
  std::ifstream file("/plan", std::ios::binary);
  std::vector<step> plan;
  for (std::string line; std::getline(file, line, '\0');) {
    const auto space = std::min(line.find(' '), line.size() - 1);
    plan.emplace_back(line.substr(0, space), line.substr(space + 1));
  }
  return plan;
}

// The values of a word, for execve.
std::vector<char*> values(std::vector<step>& plan, const char* word) {
  std::vector<char*> found;
  for (step& line : plan) {
    if (line.first == word) found.push_back(line.second.data());
  }
  found.push_back(nullptr);
  return found;
}

// Changes the kernel as planned; true if the program gets a cgroup of its own.
bool prepare(const std::vector<step>& plan) {
  bool grouped = false;
  for (const auto& [word, value] : plan) {
    if (word == "set") {
      const auto space = value.find(' ');
      write_file(value.substr(0, space), value.substr(space + 1));
    } else if (word.starts_with("cpuset.")) {
      if (!std::exchange(grouped, true)) {
        write_file("/sys/fs/cgroup/cgroup.subtree_control", "+cpuset");
        if (::mkdir(group, 0755) != 0) say("mkdir", group);
      }
      write_file(std::string(group) + "/" + word, value);
    }
  }
  return grouped;
}

[[noreturn]] void become_program(std::vector<step>& plan, bool grouped, int output, int error) {
  ::setsid();
  if (grouped) {
    write_file(std::string(group) + "/cgroup.procs", std::to_string(::getpid()));
  }
  const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
  const rlimit nothing{0, 0};
  ::setrlimit(RLIMIT_MEMLOCK, &all);
  ::setrlimit(RLIMIT_CORE, &nothing);
  ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(error, STDERR_FILENO);
  if (::chdir("/guest") != 0) say("chdir", "/guest");
  const auto arguments = values(plan, "argument");
  const auto environment = values(plan, "environment");
  ::execve(arguments.front(), arguments.data(), environment.data());
  say("run", arguments.front());
  ::_exit(status_not_started);
}

// The first process inherits all orphans; it waits for the program among them.
int wait_for(pid_t program) {
  int status = 0;
  for (;;) {
    const pid_t ended = ::waitpid(-1, &status, 0);
    if (ended == program) return status;
    if (ended < 0 && errno != EINTR) return status_not_started << 8;
  }
}

[[noreturn]] void power_off() {
  constexpr unsigned short exit_port = 0xf4;  // QEMU's isa-debug-exit ends it at once
  if (::ioperm(exit_port, 4, 1) == 0) ::outl(0, exit_port);
  ::reboot(RB_POWER_OFF);
  for (;;)
    ::pause();
}

}  // namespace

int main() {
  mount_on("/dev", "devtmpfs");
  mount_on("/dev/shm", "tmpfs");
  mount_on("/proc", "proc");
  mount_on("/sys", "sysfs");
  mount_on("/sys/fs/cgroup", "cgroup2");
  mount_on("/sys/kernel/debug", "debugfs");
  mount_on("/tmp", "tmpfs");

  const int output = open_line("/dev/ttyS1");
  const int error = open_line("/dev/ttyS2");
  const int report = open_line("/dev/ttyS3");

  std::vector<step> plan = read_plan();
  const bool grouped = prepare(plan);
  ::dprintf(report, "started\n");
  ::tcdrain(report);
  const pid_t program = ::fork();
  if (program == 0) become_program(plan, grouped, output, error);
  if (program < 0) say("fork", "");
  const int status = wait_for(program);

  ::tcdrain(output);
  ::tcdrain(error);
  if (WIFSIGNALED(status)) {
    ::dprintf(report, "signal %d\n", WTERMSIG(status));
  } else {
    ::dprintf(report, "exit %d\n", WEXITSTATUS(status));
  }
  ::tcdrain(report);
  power_off();
}
