// A library that is loaded by dlopen, with nearmem inside.

#include <memory_resource>
#include <string>
#include <thread>
#include <vector>

#include <nearmem/alloc/local_resource.hpp>

// Whether what threads do with the library's resource comes out even.
extern "C" [[gnu::visibility("default")]] bool loaded_slabs_come_out_even() {
  nearmem::synchronized_slab_resource& resource = nearmem::local_resource();
  {
    std::pmr::vector<std::pmr::string> names(&resource);
    for (int round = 0; round < 4; ++round) {
      std::thread([&names] {
        for (int i = 0; i < 500; ++i)
          names.emplace_back("a name that is longer than what a string holds by itself");
        names.erase(names.begin(), names.begin() + 300);
      }).join();
    }
    if (resource.usage().charged == 0) return false;
  }
  if (!resource.audit() || resource.usage().charged != 0) return false;
  resource.trim();
  return resource.footprint() == 0;
}
