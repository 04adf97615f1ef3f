#pragma once

#include <string>

namespace nearmem {

// A terminal whose other end the test reads.
class pseudo_terminal {
 public:
  pseudo_terminal();
  ~pseudo_terminal();
  pseudo_terminal(const pseudo_terminal&) = delete;
  pseudo_terminal& operator=(const pseudo_terminal&) = delete;

  // False where the system has none to give.
  bool is_open() const noexcept { return terminal_ >= 0; }
  // The end that programs write to.
  int terminal() const noexcept { return terminal_; }
  void resize(unsigned short columns, unsigned short rows);
  // What was written since the last look, as soon as nothing has come for 50 ms.
  std::string seen();

 private:
  int reader_ = -1;
  int terminal_ = -1;
};

}  // namespace nearmem
