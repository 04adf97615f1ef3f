// Does not compile: the test looks for what the compiler is made to say.

#include <nearmem/accounting/dynamic_usage.hpp>

struct not_described {
  int* owned;
};

std::size_t usage(const not_described& x) {
  return nearmem::dynamic_usage(x);
}
