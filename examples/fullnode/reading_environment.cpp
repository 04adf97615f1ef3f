#include "examples/fullnode/reading_environment.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <leveldb/env.h>
#include <unistd.h>

namespace nearmem::fullnode {
namespace {

class read_file final : public leveldb::RandomAccessFile {
 public:
  read_file(std::string name, int descriptor) : name_(std::move(name)), descriptor_(descriptor) {}
  ~read_file() override { ::close(descriptor_); }

  leveldb::Status Read(std::uint64_t offset, std::size_t bytes, leveldb::Slice* result,
                       char* scratch) const override {
    std::size_t done = 0;
    while (done < bytes) {
      const ssize_t now =
          ::pread(descriptor_, scratch + done, bytes - done, static_cast<off_t>(offset + done));
      if (now < 0 && errno == EINTR) continue;
      if (now < 0) return leveldb::Status::IOError(name_, std::strerror(errno));
      if (now == 0) break;
      done += static_cast<std::size_t>(now);
    }
    *result = leveldb::Slice(scratch, done);
    return {};
  }

 private:
  std::string name_;
  int descriptor_;
};

class environment final : public leveldb::EnvWrapper {
 public:
  environment() : leveldb::EnvWrapper(leveldb::Env::Default()) {}

  leveldb::Status NewRandomAccessFile(const std::string& name,
                                      leveldb::RandomAccessFile** made) override {
    *made = nullptr;
    const int descriptor = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      return errno == ENOENT ? leveldb::Status::NotFound(name, std::strerror(errno))
                             : leveldb::Status::IOError(name, std::strerror(errno));
    }
    *made = new read_file(name, descriptor);
    return {};
  }
};

}  // namespace

leveldb::Env* reading_environment() {
  // LevelDB's threads use it to the end of the process.
  static auto* const shared = new environment;
  return shared;
}

}  // namespace nearmem::fullnode
