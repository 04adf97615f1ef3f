// Holds accounting/libcxx.hpp (or libstdcxx.hpp) to the standard library that this file is compiled
// with. A program of its own, without GoogleTest, whose Debian build knows libstdc++ only.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <typeinfo>

#include "tests/accounting/walk_list.hpp"

namespace nearmem {
namespace {

struct tally {
  std::mt19937_64 random;
  std::size_t checks = 0;
  std::size_t failed = 0;

  void check(bool holds, const char* what, const char* where) {
    ++checks;
    if (holds) return;
    if (++failed <= 20) std::printf("%s: %s\n", where, what);
  }
};

// All walks together are far more than 100,000 steps.
constexpr int steps_of_a_walk = 3000;

void walk_all(const walk_list& walks, tally& books) {
  for (const walk_entry& entry : walks) {
    const auto walk = entry.begin();
    std::string failure;
    for (int i = 0; i < steps_of_a_walk && failure.empty(); ++i) {
      failure = walk->take(
          {static_cast<std::uint8_t>(books.random()), static_cast<std::uint32_t>(books.random())});
      books.check(failure.empty(), failure.c_str(), entry.name.c_str());
    }
  }
}

template <class T>
void check_shared_pointers(tally& books) {
  const char* name = typeid(T).name();
  recording_resource resource;
  {
    const std::pmr::polymorphic_allocator<T> allocator(&resource);
    const auto shared = std::allocate_shared<T>(allocator);
    books.check(dynamic_usage(shared) == resource.usage().charged, "allocate_shared", name);
    const std::shared_ptr<const T> constant = shared;
    books.check(dynamic_usage(constant) == resource.usage().charged, "shared, const", name);
    std::weak_ptr<T> weak = shared;
    books.check(dynamic_usage(weak) == resource.usage().charged, "weak_ptr", name);
  }
  const auto made = std::make_shared<T>();
  const auto inside = reinterpret_cast<std::uintptr_t>(made.get());
  books.check(inside != 0 && dynamic_usage(made) < malloc_usage(sizeof(T) + alignof(T) + 48),
              "make_shared is one block", name);
  books.check(dynamic_usage(std::make_shared<const T>()) == dynamic_usage(made),
              "make_shared of a constant is one block", name);
}

int run(std::uint64_t seed) {
  tally books{std::mt19937_64(seed), 0, 0};
  walk_all(walks_of_sequences(), books);
  walk_all(walks_of_trees(), books);
  walk_all(walks_of_hash_tables(), books);
  check_shared_pointers<std::uint8_t>(books);
  check_shared_pointers<std::uint64_t>(books);
  check_shared_pointers<sized<100>>(books);
  check_shared_pointers<sized<64, 64>>(books);
  std::printf("seed %llu: %zu checks, %zu failed\n", static_cast<unsigned long long>(seed),
              books.checks, books.failed);
  return books.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace nearmem

int main() {
  const char* given = std::getenv("NEARMEM_TEST_SEED");
  return nearmem::run(given != nullptr ? std::strtoull(given, nullptr, 10)
                                       : std::random_device{}());
}
