#include "tests/tools/command_run.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nearmem {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// A file without a name that takes one of the command's streams; reading it back afterwards cannot
// deadlock as two pipes could.
class captured_stream {
 public:
  captured_stream() : file_(::memfd_create("captured stream", MFD_CLOEXEC)) {
    if (file_ < 0) fail("cannot make a temporary file");
  }
  ~captured_stream() { ::close(file_); }
  captured_stream(const captured_stream&) = delete;
  captured_stream& operator=(const captured_stream&) = delete;

  int file() const { return file_; }

  std::string text() const {
    std::string all;
    std::array<char, 65536> part{};
    for (;;) {
      ssize_t got = ::pread(file_, part.data(), part.size(), static_cast<off_t>(all.size()));
      if (got < 0) fail("cannot read a temporary file");
      if (got == 0) return all;
      all.append(part.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  int file_;
};

}  // namespace

struct started_command::streams {
  captured_stream output;
  captured_stream error;
};

started_command::started_command(const std::vector<std::string>& arguments, output_to where)
    : streams_(std::make_unique<streams>()) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  std::array<int, 2> broken_pipe{-1, -1};
  switch (where) {
    case output_to::caller:
      posix_spawn_file_actions_adddup2(&actions, streams_->output.file(), STDOUT_FILENO);
      break;
    case output_to::full_device:
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/full", O_WRONLY, 0);
      break;
    case output_to::closed_pipe:
      if (::pipe2(broken_pipe.data(), O_CLOEXEC) != 0) fail("cannot make a pipe");
      ::close(broken_pipe[0]);
      posix_spawn_file_actions_adddup2(&actions, broken_pipe[1], STDOUT_FILENO);
      break;
    case output_to::nowhere:
      posix_spawn_file_actions_addclose(&actions, STDOUT_FILENO);
      break;
  }
  posix_spawn_file_actions_adddup2(&actions, streams_->error.file(), STDERR_FILENO);

  std::vector<std::string> words{NEARMEM_COMMAND};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  int refused =
      ::posix_spawn(&process_, NEARMEM_COMMAND, &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (broken_pipe[1] >= 0) ::close(broken_pipe[1]);
  if (refused != 0) {
    process_ = 0;
    errno = refused;
    fail("cannot start the command");
  }
}

started_command::~started_command() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

std::string started_command::error_so_far() const {
  return streams_->error.text();
}

command_run started_command::wait() {
  int state = 0;
  while (::waitpid(process_, &state, 0) < 0) {
    if (errno != EINTR) fail("cannot wait for the command");
  }
  process_ = 0;
  int status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
  return {status, streams_->output.text(), streams_->error.text()};
}

command_run run_command(const std::vector<std::string>& arguments, output_to where) {
  return started_command(arguments, where).wait();
}

bool is_one_line(std::string_view text) {
  return !text.empty() && text.find('\n') == text.size() - 1;
}

}  // namespace nearmem
