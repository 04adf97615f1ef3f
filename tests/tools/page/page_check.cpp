#include "tests/tools/page/page_check.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <gtest/gtest.h>
#include <unistd.h>

namespace nearmem::page {
namespace {

// A file without a life beyond the test's.
class temporary_file {
 public:
  explicit temporary_file(const std::string& text) {
    const int file = ::mkstemp(name_.data());
    if (file < 0) throw std::runtime_error("cannot make a temporary file");
    const ssize_t written = ::write(file, text.data(), text.size());
    ::close(file);
    if (written != static_cast<ssize_t>(text.size())) throw std::runtime_error("cannot write");
  }
  ~temporary_file() { ::unlink(name_.c_str()); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  const std::string& name() const { return name_; }

 private:
  std::string name_ = testing::TempDir() + "nearmem-page-XXXXXX";
};

}  // namespace

std::optional<std::vector<std::string>> complaints(std::span<const std::string> pages) {
  if (std::system("command -v python3 >/dev/null 2>&1") != 0) return std::nullopt;
  std::string all;
  for (const std::string& page : pages)
    all += (all.empty() ? std::string() : std::string(1, '\0')) + page;
  const temporary_file file(all);
  FILE* const python = popen(("python3 -B " NEARMEM_CHECK_PAGE " < " + file.name()).c_str(), "r");
  if (python == nullptr) throw std::runtime_error("cannot start python3");
  std::string said;
  std::array<char, 1024> part{};
  while (std::fgets(part.data(), part.size(), python) != nullptr)
    said += part.data();
  if (pclose(python) != 0) throw std::runtime_error("check_page.py failed");
  std::vector<std::string> found;
  for (std::size_t begin = 0; begin < said.size();) {
    const std::size_t end = said.find('\n', begin);
    found.push_back(said.substr(begin, end - begin));
    begin = end + 1;
  }
  return found;
}

void expect_good_page(const std::string& page) {
  const std::optional<std::vector<std::string>> found = complaints({&page, 1});
  if (!found) GTEST_SKIP() << "python3 is not here";
  EXPECT_EQ(*found, std::vector<std::string>{""});
}

}  // namespace nearmem::page
