#include <cstdint>

#include <nearmem/topology/cgroup_text.hpp>
#include <nearmem/topology/procfs_text.hpp>

namespace nearmem {
namespace {

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    if (take_until(list, ',') == word) return true;
  }
  return false;
}

// One line of mountinfo, as far as it matters here (proc(5)).
struct mount {
  std::string_view root;
  std::string_view point;
  std::string_view type;
  std::string_view options;  // of the super block
};

std::optional<mount> parse_mount(std::string_view line) {
  const std::size_t dash = line.find(" - ");
  if (dash == std::string_view::npos) return std::nullopt;
  std::string_view before = line.substr(0, dash);
  std::string_view after = line.substr(dash + 3);
  mount result;
  for (int skipped = 0; skipped < 3; ++skipped)
    take_until(before, ' ');
  result.root = take_until(before, ' ');
  result.point = take_until(before, ' ');
  result.type = take_until(after, ' ');
  take_until(after, ' ');
  result.options = after;
  return result;
}

// Where a cgroup lies beneath a mount that shows only what is under `root`; the mount point itself
// if it lies elsewhere, as in a container that sees no more than its own group.
std::string_view beneath(std::string_view path, std::string_view root) {
  if (path.find("/..") != std::string_view::npos) return {};
  if (root == "/") return path;
  if (path.substr(0, root.size()) != root) return {};
  path.remove_prefix(root.size());
  return path.empty() || path.front() == '/' ? path : std::string_view{};
}

void add_files_upward(std::vector<std::string>& files, std::string_view point,
                      std::string_view path, std::string_view name) {
  while (true) {
    while (!path.empty() && path.back() == '/')
      path.remove_suffix(1);
    files.push_back(std::string(point) + std::string(path) + "/" + std::string(name));
    if (path.empty()) return;
    path = path.substr(0, path.rfind('/'));
  }
}

}  // namespace

std::optional<std::size_t> parse_memory_bound(std::string_view text) {
  // Version 1 counts pages in a signed long, so 'none' is that maximum, cut to whole pages.
  constexpr std::size_t none = std::size_t{INTPTR_MAX} - 0xffff;
  const std::optional<std::size_t> bound = parse_number(text);
  return bound && *bound < none ? bound : std::nullopt;
}

std::vector<std::string> memory_bound_files(std::string_view cgroups, std::string_view mounts) {
  std::optional<std::string_view> unified;
  std::optional<std::string_view> memory;
  while (!cgroups.empty()) {
    std::string_view path = take_until(cgroups, '\n');
    take_until(path, ':');
    const std::string_view controllers = take_until(path, ':');
    if (path.empty() || path.front() != '/') continue;
    if (controllers.empty()) unified = path;
    if (has_word(controllers, "memory")) memory = path;
  }
  std::vector<std::string> files;
  while (!mounts.empty()) {
    const std::optional<mount> mounted = parse_mount(take_until(mounts, '\n'));
    if (!mounted) continue;
    if (mounted->type == "cgroup2" && unified) {
      add_files_upward(files, mounted->point, beneath(*unified, mounted->root), "memory.max");
    } else if (mounted->type == "cgroup" && memory && has_word(mounted->options, "memory")) {
      add_files_upward(files, mounted->point, beneath(*memory, mounted->root),
                       "memory.limit_in_bytes");
    }
  }
  return files;
}

}  // namespace nearmem
