#include "kernel_view.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <span>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <nearmem/topology/node_set.hpp>

namespace nearmem {
namespace {

std::string node_file(node_id node, const std::string& name) {
  return "/sys/devices/system/node/node" + std::to_string(to_number(node)) + "/" + name;
}

std::string line_of(const std::string& path) {
  std::string text = text_of(path);
  if (text.empty()) throw std::runtime_error(path + " cannot be read");
  return text.substr(0, text.find('\n'));
}

std::vector<unsigned> numbers_in(const std::string& list) {
  std::vector<unsigned> numbers;
  std::istringstream parts(list);
  for (std::string part; std::getline(parts, part, ',');) {
    if (part.empty()) continue;
    const auto dash = part.find('-');
    const auto first = static_cast<unsigned>(std::stoul(part));
    const auto last = dash == std::string::npos
                          ? first
                          : static_cast<unsigned>(std::stoul(part.substr(dash + 1)));
    for (unsigned number = first; number <= last; ++number)
      numbers.push_back(number);
  }
  return numbers;
}

std::vector<node_id> nodes_in(const std::string& list) {
  std::vector<node_id> nodes;
  for (const unsigned number : numbers_in(list))
    nodes.push_back(node_id{number});
  return nodes;
}

// The rest of the line that begins with a word.
std::string field_of(const std::string& path, const std::string& word) {
  std::istringstream lines(text_of(path));
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find(word);
    if (at == std::string::npos) continue;
    const auto value = line.find_first_not_of(" \t", at + word.size());
    return value == std::string::npos ? "" : line.substr(value);
  }
  throw std::runtime_error(path + " has no line " + word);
}

std::size_t kibibytes_of(const std::string& path, const std::string& word) {
  return std::stoul(field_of(path, word)) * 1024;
}

std::vector<mapped_pages> read_numa_maps() {
  std::vector<mapped_pages> found;
  std::istringstream lines(text_of("/proc/self/numa_maps"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    mapped_pages each;
    words >> std::hex >> each.begin >> std::dec >> each.policy;
    for (std::string word; words >> word;) {
      const auto equals = word.find('=');
      if (word.front() != 'N' || equals == std::string::npos) continue;
      const node_id node{static_cast<std::uint32_t>(std::stoul(word.substr(1, equals - 1)))};
      each.pages[node] += std::stoul(word.substr(equals + 1));
    }
    found.push_back(std::move(each));
  }
  if (found.empty()) throw std::runtime_error("/proc/self/numa_maps is empty");
  return found;
}

void ask_for_nodes(std::span<void*> pages, std::span<int> nodes) {
  if (::syscall(SYS_move_pages, 0, pages.size(), pages.data(), nullptr, nodes.data(), 0) != 0) {
    throw std::system_error(errno, std::generic_category(), "move_pages");
  }
}

}  // namespace

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<int> nodes_of_pages(const void* data, std::size_t bytes) {
  const auto page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(data) / page_bytes * page_bytes;
  std::vector<void*> pages;
  for (auto at = begin; at < reinterpret_cast<std::uintptr_t>(data) + bytes; at += page_bytes) {
    pages.push_back(reinterpret_cast<void*>(at));
  }
  std::vector<int> nodes(pages.size(), -EIO);
  ask_for_nodes(pages, nodes);
  // To Linux 6.1 a page that balancing has marked, so as to see who uses it, is not there: using it
  // takes the mark away.
  for (std::size_t i = 0; i < pages.size(); ++i) {
    for (int attempt = 0; nodes[i] == -ENOENT && attempt < 10; ++attempt) {
      static_cast<void>(*static_cast<const volatile char*>(pages[i]));
      ask_for_nodes(std::span(pages).subspan(i, 1), std::span(nodes).subspan(i, 1));
    }
  }
  return nodes;
}

pages_by_node count_pages(page_run run) {
  pages_by_node counts;
  for (const int node : nodes_of_pages(run.data, run.bytes)) {
    if (node >= 0) ++counts[node_id{static_cast<std::uint32_t>(node)}];
  }
  return counts;
}

std::size_t sum_of(const pages_by_node& counts) {
  std::size_t sum = 0;
  for (const auto& [node, pages] : counts)
    sum += pages;
  return sum;
}

std::vector<mapped_pages> mappings_in(const address_range& range) {
  const auto begin = reinterpret_cast<std::uintptr_t>(range.begin);
  std::vector<mapped_pages> found = read_numa_maps();
  std::erase_if(found, [&](const mapped_pages& each) {
    return each.begin < begin || each.begin >= begin + range.bytes;
  });
  return found;
}

pages_by_node count_mapped_pages(const address_range& range) {
  pages_by_node counts;
  for (const mapped_pages& each : mappings_in(range)) {
    for (const auto& [node, pages] : each.pages)
      counts[node] += pages;
  }
  return counts;
}

std::string policy_at(const void* address) {
  std::string policy;
  for (const mapped_pages& each : read_numa_maps()) {
    if (each.begin <= reinterpret_cast<std::uintptr_t>(address)) policy = each.policy;
  }
  return policy;
}

std::vector<node_id> kernel_nodes(const std::string& list) {
  return nodes_in(line_of("/sys/devices/system/node/" + list));
}

std::vector<node_id> allowed_memory_nodes() {
  const std::vector<node_id> allowed =
      nodes_in(field_of("/proc/self/status", "Mems_allowed_list:"));
  std::vector<node_id> nodes;
  for (const node_id node : kernel_nodes("has_memory")) {
    if (std::ranges::count(allowed, node) != 0) nodes.push_back(node);
  }
  return nodes;
}

std::vector<unsigned> cpus_of(node_id node) {
  return numbers_in(line_of(node_file(node, "cpulist")));
}

std::vector<unsigned> allowed_cpus_of(node_id node) {
  const std::vector<unsigned> allowed =
      numbers_in(field_of("/proc/self/status", "Cpus_allowed_list:"));
  std::vector<unsigned> cpus = cpus_of(node);
  std::erase_if(cpus, [&](unsigned cpu) { return std::ranges::count(allowed, cpu) == 0; });
  return cpus;
}

unsigned kernel_distance(node_id from, node_id to) {
  const std::vector<node_id> nodes = kernel_nodes("online");
  std::istringstream row(line_of(node_file(from, "distance")));
  unsigned distance = 0;
  for (const node_id node : nodes) {
    row >> distance;
    if (node == to) return distance;
  }
  throw std::runtime_error("no distance to node " + std::to_string(to_number(to)));
}

node_id nearest_cpus(node_id node) {
  return nearest_first(node, kernel_nodes("has_cpu")).front();
}

std::size_t kernel_latency(node_id node) {
  const std::string text = text_of(node_file(node, "access0/initiators/read_latency"));
  return text.empty() ? 0 : std::stoul(text);
}

std::size_t kernel_bandwidth(node_id node) {
  const std::string text = text_of(node_file(node, "access0/initiators/read_bandwidth"));
  return text.empty() ? 0 : std::stoul(text);
}

std::vector<node_id> nearest_first(node_id from, std::vector<node_id> nodes) {
  std::ranges::sort(nodes, {},
                    [&](node_id node) { return std::pair(kernel_distance(from, node), node); });
  return nodes;
}

std::size_t kernel_total_bytes(node_id node) {
  return kibibytes_of(node_file(node, "meminfo"), "MemTotal:");
}

std::size_t kernel_free_bytes(node_id node) {
  return kibibytes_of(node_file(node, "meminfo"), "MemFree:");
}

std::size_t oom_kills() {
  return std::stoul(field_of("/proc/vmstat", "oom_kill"));
}

}  // namespace nearmem
