#include <cerrno>
#include <new>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <nearmem/topology/cgroup_text.hpp>
#include <nearmem/topology/procfs.hpp>
#include <nearmem/topology/procfs_text.hpp>
#include <nearmem/topology/smaps_text.hpp>

namespace nearmem {
namespace {

// Beyond what any of these files holds; a process with a million mappings has 700 MB of smaps.
constexpr std::size_t largest_file = std::size_t{1} << 30;

class file {
 public:
  explicit file(const char* path) noexcept : descriptor_(::open(path, O_RDONLY | O_CLOEXEC)) {}
  ~file() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  file(const file&) = delete;
  file& operator=(const file&) = delete;

  // All of it, or at least the first `enough` bytes. These files have no size of their own, so it
  // is read until nothing comes.
  std::optional<std::string> read(std::size_t enough = largest_file) const {
    if (descriptor_ < 0) return std::nullopt;
    std::string text;
    std::size_t used = 0;
    while (used < enough) {
      if (used == text.size()) text.resize(used == 0 ? 4096 : used * 2);
      const ::ssize_t got = ::read(descriptor_, text.data() + used, text.size() - used);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return std::nullopt;
      if (got == 0) break;
      used += static_cast<std::size_t>(got);
    }
    text.resize(used);
    return text;
  }

 private:
  int descriptor_;
};

std::optional<std::string> read_file(const char* path) {
  return file(path).read();
}

std::string node_file(node_id node, const char* name) {
  return "/sys/devices/system/node/node" + std::to_string(to_number(node)) + "/" + name;
}

// Runs a reader that may allocate; out of memory is one more reason not to know.
template <class Reader>
auto quietly(Reader&& reader) noexcept -> decltype(reader()) {
  try {
    return reader();
  } catch (const std::bad_alloc&) {
    return std::nullopt;
  }
}

using smaps_sum = std::size_t(std::string_view smaps, std::span<const address_range> ranges);

std::optional<std::size_t> sum_in_smaps(smaps_sum& sum, std::span<const address_range> ranges) {
  const std::optional<std::string> smaps = read_file("/proc/self/smaps");
  if (!smaps) return std::nullopt;
  return sum(*smaps, ranges);
}

}  // namespace

std::optional<std::size_t> resident_bytes(std::span<const address_range> ranges) noexcept {
  return quietly([&] { return sum_in_smaps(resident_bytes_in, ranges); });
}

std::optional<std::size_t> swapped_bytes(std::span<const address_range> ranges) noexcept {
  return quietly([&] { return sum_in_smaps(swapped_bytes_in, ranges); });
}

std::optional<std::size_t> huge_page_bytes(std::span<const address_range> ranges) noexcept {
  return quietly([&] { return sum_in_smaps(huge_page_bytes_in, ranges); });
}

std::optional<std::size_t> process_resident_bytes() noexcept {
  return quietly([]() -> std::optional<std::size_t> {
    if (const std::optional<std::string> rollup = read_file("/proc/self/smaps_rollup")) {
      if (const std::optional<std::string_view> rss = find_field(*rollup, "Rss")) {
        return parse_kib(*rss);
      }
    }
    const std::optional<std::string> status = read_file("/proc/self/status");
    if (!status) return std::nullopt;
    const std::optional<std::string_view> rss = find_field(*status, "VmRSS");
    return rss ? parse_kib(*rss) : std::nullopt;
  });
}

std::optional<std::size_t> process_virtual_bytes() noexcept {
  return quietly([]() -> std::optional<std::size_t> {
    const std::optional<std::string> status = read_file("/proc/self/status");
    if (!status) return std::nullopt;
    const std::optional<std::string_view> size = find_field(*status, "VmSize");
    return size ? parse_kib(*size) : std::nullopt;
  });
}

std::optional<node_set> allowed_nodes() noexcept {
  return quietly([]() -> std::optional<node_set> {
    const std::optional<std::string> status = read_file("/proc/self/status");
    if (!status) return std::nullopt;
    const std::optional<std::string_view> list = find_field(*status, "Mems_allowed_list");
    return list ? node_set::parse(*list) : std::nullopt;
  });
}

std::optional<std::size_t> cgroup_memory_bound() noexcept {
  return quietly([]() -> std::optional<std::size_t> {
    const std::optional<std::string> cgroups = read_file("/proc/self/cgroup");
    const std::optional<std::string> mounts = read_file("/proc/self/mountinfo");
    if (!cgroups || !mounts) return std::nullopt;
    std::optional<std::size_t> smallest;
    for (const std::string& path : memory_bound_files(*cgroups, *mounts)) {
      const std::optional<std::string> text = read_file(path.c_str());
      const std::optional<std::size_t> bound = text ? parse_memory_bound(*text) : std::nullopt;
      if (bound && (!smallest || *bound < *smallest)) smallest = bound;
    }
    return smallest;
  });
}

std::optional<unsigned> interleave_weight(node_id node) noexcept {
  return quietly([&]() -> std::optional<unsigned> {
    const std::optional<std::string> text = read_file(
        ("/sys/kernel/mm/mempolicy/weighted_interleave/node" + std::to_string(to_number(node)))
            .c_str());
    const std::optional<std::size_t> weight = text ? parse_number(*text) : std::nullopt;
    if (!weight || *weight == 0 || *weight > 255) return std::nullopt;
    return static_cast<unsigned>(*weight);
  });
}

std::optional<int> overcommit_mode() noexcept {
  return quietly([]() -> std::optional<int> {
    const std::optional<std::string> text = read_file("/proc/sys/vm/overcommit_memory");
    const std::optional<std::size_t> mode = text ? parse_number(*text) : std::nullopt;
    if (!mode || *mode > 2) return std::nullopt;
    return static_cast<int>(*mode);
  });
}

std::string huge_page_mode() {
  const std::optional<std::string> text = read_file("/sys/kernel/mm/transparent_hugepage/enabled");
  return text ? std::string(parse_choice(*text)) : std::string();
}

bool numa_balancing_enabled() noexcept {
  const std::optional<bool> enabled = quietly([]() -> std::optional<bool> {
    const std::optional<std::string> text = read_file("/proc/sys/kernel/numa_balancing");
    const std::optional<std::size_t> mode = text ? parse_number(*text) : std::nullopt;
    return mode && *mode != 0;
  });
  return enabled.value_or(false);
}

std::string inherited_memory_policy() {
  // The first mapping is the program's text, which nobody gives a policy of its own. No more is
  // read, as the kernel walks the pages of every mapping that it lists.
  const std::optional<std::string> maps = file("/proc/thread-self/numa_maps").read(1);
  return maps ? parse_policy(*maps) : std::string();
}

std::optional<std::vector<mapping_node>> mapping_nodes() noexcept {
  return quietly([]() -> std::optional<std::vector<mapping_node>> {
    const std::optional<std::string> maps = read_file("/proc/self/numa_maps");
    if (!maps) return std::nullopt;
    return parse_mapping_nodes(*maps);
  });
}

std::optional<std::size_t> free_bytes(node_id node) noexcept {
  return quietly([&]() -> std::optional<std::size_t> {
    const std::optional<std::string> text = read_file(node_file(node, "meminfo").c_str());
    if (!text) return std::nullopt;
    const std::string key = "Node " + std::to_string(to_number(node)) + " MemFree";
    const std::optional<std::string_view> bytes = find_field(*text, key);
    return bytes ? parse_kib(*bytes) : std::nullopt;
  });
}

std::optional<bool> node_has_cpus(node_id node) noexcept {
  return quietly([&]() -> std::optional<bool> {
    const std::optional<std::string> list = read_file(node_file(node, "cpulist").c_str());
    if (!list) return std::nullopt;
    return list->find_first_of("0123456789") != std::string::npos;
  });
}

std::optional<cpu_time> spent_cpu_time() noexcept {
  return quietly([]() -> std::optional<cpu_time> {
    const std::optional<std::string> text = read_file("/proc/stat");
    return text ? parse_cpu_time(*text) : std::nullopt;
  });
}

std::optional<bool> is_virtual_machine() noexcept {
  return quietly([]() -> std::optional<bool> {
    const std::optional<std::string> text = read_file("/proc/cpuinfo");
    return text ? parse_hypervisor_flag(*text) : std::nullopt;
  });
}

}  // namespace nearmem
