// Accesses of which meter_test.py knows how many there must be: a thread on each node's first CPU.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "on_node.hpp"
#include "real_pages.hpp"
#include "run_in_step.hpp"

namespace {

using namespace nearmem;

constexpr std::size_t lines = 1024;
constexpr std::size_t line_bytes = 64;

void store_to_each_line(page_run run) {
  for (std::size_t i = 0; i < lines; ++i)
    *static_cast<volatile std::uint64_t*>(static_cast<void*>(run.data + i * line_bytes)) = i;
}

void load_from_each_line(page_run run) {
  for (std::size_t i = 0; i < lines; ++i)
    static_cast<void>(
        *static_cast<volatile std::uint64_t*>(static_cast<void*>(run.data + i * line_bytes)));
}

}  // namespace

int main() {
  const std::vector<node_id> nodes = nodes_to_run_on();
  std::vector<unsigned> cpus;
  std::vector<page_run> own;
  real_pages pages;
  for (const node_id node : nodes) {
    cpus.push_back(cpus_of(node).front());
    own.push_back(pages.acquire(lines * line_bytes, placement::bind(node)).run);
  }
  meter::run_in_step(cpus, [&](std::size_t index, const meter::step& step) {
    const page_run here = own[index];
    const page_run next = own[(index + 1) % own.size()];
    const page_run first = own.front();
    step.count<1>([&] {
      store_to_each_line(here);
      load_from_each_line(here);
    });
    step.count<2>([&] { load_from_each_line(next); });
    // A word of its own for each thread, all in one line, and then in a line each.
    const auto add_at = [&](std::size_t bytes) {
      auto* const word =
          static_cast<volatile std::uint64_t*>(static_cast<void*>(first.data + index * bytes));
      for (std::uint64_t i = 0; i < 100; ++i)
        *word = i;
    };
    step.count<3>([&] { add_at(sizeof(std::uint64_t)); });
    step.count<4>([&] { add_at(line_bytes); });
  });
  for (const page_run run : own)
    pages.source.release(run);
}
