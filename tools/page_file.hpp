#pragma once

#include <string>
#include <string_view>

namespace nearmem::tools {

// A file that a page is to be written to when the work is done: found to be writable before the
// work begins, so that no run is lost to a mistyped name. What the file held is kept until write();
// a file that was made for the page and never got it is removed again.
//
// Thread rule: one owner.
class page_file {
 public:
  // Throws bad_input, with the name and the reason in one line, where the file cannot be written.
  explicit page_file(std::string name);
  ~page_file();
  page_file(const page_file&) = delete;
  page_file& operator=(const page_file&) = delete;

  // Replaces what is in the file. Throws std::system_error where that fails: a full disk.
  void write(std::string_view page);

 private:
  std::string name_;
  int file_ = -1;
  bool is_new_ = false;
  bool is_written_ = false;
};

}  // namespace nearmem::tools
