#include "tests/support/scratch_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace nearmem {

scratch_folder::scratch_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "nearmem-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), "cannot make " + pattern);
  folder_ = std::move(pattern);
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string scratch_folder::path(std::string_view name) const {
  return folder_ + "/" + std::string(name);
}

std::string scratch_folder::write(std::string_view name, std::string_view bytes) const {
  std::string file = path(name);
  std::ofstream stream(file, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!stream.flush()) throw std::runtime_error("cannot write " + file);
  return file;
}

}  // namespace nearmem
