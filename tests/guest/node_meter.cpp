// A plugin of QEMU's: counts every load and store of programs in a guest by the CPU that does it
// and the node whose memory it goes to. Exact, and the same in each run of the same instructions:
// what a machine with several nodes would show on its counters, were one here.
//
//   -plugin file=node_meter.so,out=FILE,cpus=NODE.NODE...,memory=NODE-MEBIBYTES.NODE-MEBIBYTES...
//
//   guest program ── meter_marks.hpp ──> begin(phase) ... end()    what lies between is counted
//                                        exclude(range)            stacks and the like are not
//
// A program without marks is counted whole, as phase 0. What is written, per phase, one line each:
//
//   phase N
//   access CPU NODE LOADS STORES        for each pair that occurred
//   shared LINES                        lines of 64 bytes that more than one CPU wrote to
//   unknown ACCESSES                    whose memory no node has: not 0 if this QEMU is unlike 7.2
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <sys/mman.h>

#include "meter_marks.hpp"
#include "qemu_plugin_api.hpp"

namespace {

constexpr std::size_t most_cpus = 64;  // a line's writers are the bits of a word
constexpr std::size_t most_nodes = 64;
constexpr std::size_t most_excluded = 256;
constexpr unsigned line_shift = 6;
// A program's addresses. Below is the code that starts a machine and its CPUs, above the kernel.
constexpr std::uint64_t program_begin = 1 << 20;
constexpr std::uint64_t program_end = std::uint64_t{1} << 47;

// A node's memory, as QEMU numbers it.
struct node_memory {
  unsigned node = 0;
  std::uint64_t begin = 0;
  std::uint64_t bytes = 0;
  std::atomic<std::uint64_t>* writers = nullptr;  // of each line, in this phase
};

struct alignas(128) cpu_counts {
  std::array<std::uint64_t, most_nodes> loads{};
  std::array<std::uint64_t, most_nodes> stores{};
  std::uint64_t unknown = 0;
  std::uint64_t exclude_from = 0;
};

struct address_pair {
  std::uint64_t begin;
  std::uint64_t last;
};

std::FILE* output = nullptr;
std::size_t cpus = 0;
std::vector<node_memory> memories;
std::array<cpu_counts, most_cpus> counts;
std::array<address_pair, most_excluded> excluded;
std::atomic<std::size_t> excluded_count{0};
std::atomic<bool> counting{true};
std::atomic<bool> marked{false};
std::atomic<bool> kernel_runs{false};  // what ran before it was no program
unsigned phase = 0;

void clear() {
  for (cpu_counts& each : counts) {
    const std::uint64_t from = each.exclude_from;
    each = {};
    each.exclude_from = from;
  }
  // Zero pages until they are written to again, and there for CPUs that count meanwhile.
  for (const node_memory& memory : memories)
    ::madvise(memory.writers, memory.bytes >> line_shift << 3, MADV_DONTNEED);
}

void report() {
  std::fprintf(output, "phase %u\n", phase);
  std::uint64_t unknown = 0;
  for (std::size_t cpu = 0; cpu < cpus; ++cpu) {
    const cpu_counts& each = counts[cpu];
    unknown += each.unknown;
    for (std::size_t node = 0; node < most_nodes; ++node) {
      if (each.loads[node] == 0 && each.stores[node] == 0) continue;
      std::fprintf(output, "access %zu %zu %llu %llu\n", cpu, node,
                   static_cast<unsigned long long>(each.loads[node]),
                   static_cast<unsigned long long>(each.stores[node]));
    }
  }
  std::uint64_t shared = 0;
  for (const node_memory& memory : memories) {
    for (std::uint64_t line = 0; line < memory.bytes >> line_shift; ++line) {
      const std::uint64_t who = memory.writers[line].load(std::memory_order_relaxed);
      if ((who & (who - 1)) != 0) ++shared;
    }
  }
  std::fprintf(output, "shared %llu\nunknown %llu\n", static_cast<unsigned long long>(shared),
               static_cast<unsigned long long>(unknown));
  std::fflush(output);
}

bool is_excluded(std::uint64_t address) {
  const std::size_t count = excluded_count.load(std::memory_order_acquire);
  return std::any_of(excluded.begin(), excluded.begin() + count, [address](const auto& range) {
    return address >= range.begin && address <= range.last;
  });
}

void on_access(unsigned cpu, qemu_plugin_meminfo_t info, std::uint64_t address, void*) {
  // An interrupted instruction is charged with what the interruption pushes onto the kernel's
  // stack.
  if (address >= program_end) return;
  if (!counting.load(std::memory_order_relaxed) || cpu >= cpus || is_excluded(address)) return;
  cpu_counts& own = counts[cpu];
  const qemu_plugin_hwaddr* const where = qemu_plugin_get_hwaddr(info, address);
  if (where == nullptr || qemu_plugin_hwaddr_is_io(where)) {
    ++own.unknown;
    return;
  }
  const std::uint64_t physical = qemu_plugin_hwaddr_phys_addr(where);
  const auto memory = std::find_if(memories.begin(), memories.end(), [physical](const auto& each) {
    return physical >= each.begin && physical - each.begin < each.bytes;
  });
  if (memory == memories.end()) {
    ++own.unknown;
    return;
  }
  if (!qemu_plugin_mem_is_store(info)) {
    ++own.loads[memory->node];
    return;
  }
  ++own.stores[memory->node];
  std::atomic<std::uint64_t>& writers = memory->writers[(physical - memory->begin) >> line_shift];
  const std::uint64_t self = std::uint64_t{1} << cpu;
  if ((writers.load(std::memory_order_relaxed) & self) == 0) {
    writers.fetch_or(self, std::memory_order_relaxed);
  }
}

// The guest's other CPUs are between two barriers of their program's.
void on_mark(unsigned, void* mark) {
  const auto value = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(mark));
  const auto command = value & nearmem::meter::command_mask;
  marked.store(true);
  if (command == nearmem::meter::end_command) {
    counting.store(false);
    report();
    return;
  }
  counting.store(false);
  clear();
  phase = value & ~nearmem::meter::magic_mask & ~nearmem::meter::command_mask;
  counting.store(true);
}

void on_exclude_first(unsigned cpu, qemu_plugin_meminfo_t, std::uint64_t address, void*) {
  if (cpu < cpus) counts[cpu].exclude_from = address;
}

// Two threads that exclude at a time are kept apart by their program.
void on_exclude_last(unsigned cpu, qemu_plugin_meminfo_t, std::uint64_t address, void*) {
  const std::size_t count = excluded_count.load();
  if (cpu >= cpus || count == most_excluded) return;
  excluded[count] = {counts[cpu].exclude_from, address};
  excluded_count.store(count + 1, std::memory_order_release);
}

std::string_view bytes_of(const qemu_plugin_insn* instruction) {
  return {static_cast<const char*>(qemu_plugin_insn_data(instruction)),
          qemu_plugin_insn_size(instruction)};
}

void on_translation(qemu_plugin_id_t, qemu_plugin_tb* block) {
  for (std::size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    qemu_plugin_insn* const each = qemu_plugin_tb_get_insn(block, i);
    const std::uint64_t address = qemu_plugin_insn_vaddr(each);
    if (address >= program_end) kernel_runs.store(true, std::memory_order_relaxed);
    if (!kernel_runs.load(std::memory_order_relaxed)) return;
    if (address < program_begin || address >= program_end) return;
    const std::string_view bytes = bytes_of(each);
    if (bytes.size() == nearmem::meter::mark_bytes &&
        bytes.starts_with(nearmem::meter::mark_opcode)) {
      std::uint32_t value = 0;
      std::memcpy(&value, bytes.data() + nearmem::meter::mark_opcode.size(), sizeof value);
      if ((value & nearmem::meter::magic_mask) == nearmem::meter::magic) {
        qemu_plugin_register_vcpu_insn_exec_cb(each, on_mark, qemu_plugin_no_registers,
                                               reinterpret_cast<void*>(std::uintptr_t{value}));
      }
      continue;
    }
    auto* callback = on_access;
    if (bytes.starts_with(nearmem::meter::first_prefix)) callback = on_exclude_first;
    if (bytes.starts_with(nearmem::meter::last_prefix)) callback = on_exclude_last;
    qemu_plugin_register_vcpu_mem_cb(each, callback, qemu_plugin_no_registers,
                                     qemu_plugin_loads_and_stores, nullptr);
  }
}

void on_exit(qemu_plugin_id_t, void*) {
  if (!marked.load()) report();
  std::fclose(output);
}

// The next number of a list such as 0-256.1-256, behind what it was separated by.
unsigned next_number(const char*& text) {
  char* end = nullptr;
  const unsigned long number = std::strtoul(text, &end, 10);
  text = *end == '\0' ? end : end + 1;
  return static_cast<unsigned>(number);
}

bool take_option(std::string_view option) {
  const auto equals = option.find('=');
  const std::string_view name = option.substr(0, equals);
  const std::string value(option.substr(equals == option.npos ? option.size() : equals + 1));
  const char* text = value.c_str();
  if (name == "out") {
    output = std::fopen(text, "w");
    return output != nullptr;
  }
  if (name == "cpus") {
    while (*text != '\0') {
      next_number(text);
      ++cpus;
    }
    return cpus != 0 && cpus <= most_cpus;
  }
  if (name != "memory") return false;
  // QEMU 7.2 numbers a byte by its block's offset among all blocks plus the block's own address.
  // The nodes' blocks are made first and in order, so both are the sum of those before.
  std::uint64_t before = 0;
  while (*text != '\0') {
    const unsigned node = next_number(text);
    const std::uint64_t bytes = std::uint64_t{next_number(text)} << 20;
    if (node >= most_nodes || bytes == 0) return false;
    void* const writers = ::mmap(nullptr, bytes >> line_shift << 3, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (writers == MAP_FAILED) return false;
    memories.push_back(
        {node, 2 * before, bytes, static_cast<std::atomic<std::uint64_t>*>(writers)});
    before += bytes;
  }
  return !memories.empty();
}

}  // namespace

extern "C" {

[[gnu::visibility("default")]] int qemu_plugin_version = 1;

[[gnu::visibility("default")]] int qemu_plugin_install(qemu_plugin_id_t id, const void*, int count,
                                                       char** options) {
  for (int i = 0; i < count; ++i) {
    if (!take_option(options[i])) {
      std::fprintf(stderr, "node_meter: %s\n", options[i]);
      return -1;
    }
  }
  if (output == nullptr || cpus == 0 || memories.empty()) return -1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
  qemu_plugin_register_atexit_cb(id, on_exit, nullptr);
  return 0;
}
}
