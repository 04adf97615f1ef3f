#include <cstdio>

#include <nearmem/nearmem.hpp>

// Reaches code of the library and, through it, hwloc and the kernel.
int main() {
  const nearmem::machine here = nearmem::machine::discover();
  nearmem::linux_kernel calls;
  nearmem::page_source pages(here, calls);
  const nearmem::page_grant grant = pages.acquire({.bytes = 1});
  if (!grant.run) return 1;
  pages.release(grant.run);
  return std::printf("%zu nodes\n", here.nodes().size()) > 0 ? 0 : 1;
}
