#include <cstdio>

#include <nearmem/accounting/contract.hpp>

// Reaches code of the library, not only its headers.
int main() {
  nearmem::set_diagnostic_sink([](const char* line) noexcept { std::puts(line); });
  nearmem::diagnose("consumer: the library answers");
  return 0;
}
