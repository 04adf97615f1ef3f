#include <array>
#include <charconv>

#include <nearmem/accounting/statistics_words.hpp>

namespace nearmem {
namespace {

using enum statistics_unit;
using value = statistics_value;

// A word and where its value stands in a part of the statistics.
template <class Part>
struct field {
  statistics_word word;
  value (*of)(const Part&);
};

value number(std::optional<std::size_t> known) {
  if (!known) return {};
  return std::uint64_t{*known};
}

value number(node_id node) {
  return std::uint64_t{to_number(node)};
}

value hexadecimal(const void* pointer) {
  std::array<char, 18> digits{'0', 'x'};
  const auto end = std::to_chars(digits.data() + 2, digits.data() + digits.size(),
                                 reinterpret_cast<std::uintptr_t>(pointer), 16);
  return std::string(digits.data(), end.ptr);
}

value numbers(const std::vector<node_id>& nodes) {
  std::vector<std::uint64_t> all;
  all.reserve(nodes.size());
  for (const node_id node : nodes)
    all.push_back(to_number(node));
  return all;
}

constexpr field<machine_statistics> machine_fields[] = {
    {{"live", flag, "1 if this is the machine that the process runs on; 0 if it is simulated."},
     [](const auto& at) -> value { return at.live; }},
    {{"page", bytes, "A small page of memory."},
     [](const auto& at) { return number(at.page_bytes); }},
    {{"line", bytes, "A cache line."}, [](const auto& at) { return number(at.line_bytes); }},
    {{"memory", bytes, "What all nodes have together."},
     [](const auto& at) { return number(at.memory_bytes); }},
    {{"memory_limit", bytes, "What the control group allows the process; absent without a limit."},
     [](const auto& at) { return number(at.memory_limit_bytes); }},
    {{"inherited_policy", text, "The memory policy that the process was started with."},
     [](const auto& at) -> value { return at.inherited_policy; }},
};

constexpr field<node_statistics> node_fields[] = {
    {{"node", count, "The operating system's number of the memory node."},
     [](const auto& at) { return number(at.node); }},
    {{"kind", text, "What the node's memory is made of: dram, hbm or memory_only."},
     [](const auto& at) -> value { return at.kind; }},
    {
        {"memory", bytes, "What the node has."},
        [](const auto& at) { return number(at.memory_bytes); },
    },
    {{"cpus", text, "The CPUs that the node is local to; empty for memory-only nodes."},
     [](const auto& at) -> value { return at.cpus; }},
    {{"policy", text, "The outcome that a preference for this node comes to here."},
     [](const auto& at) -> value { return at.policy; }},
    {{"fallback_order", list, "The nodes that serve when this one is full, nearest first."},
     [](const auto& at) -> value { return numbers(at.fallback_order); }},
    {{"footprint", bytes, "Of the named resources' footprint, what lies in the node's memory.",
      true},
     [](const auto& at) { return number(at.footprint); }},
    {{"spilled", bytes, "Of the footprint, what was wanted on another node, which was full.", true},
     [](const auto& at) { return number(at.spilled); }},
    {{"misplaced", bytes, "What the last looks found on another node than this one.", true},
     [](const auto& at) { return number(at.misplaced); }},
};

constexpr field<page_statistics> page_fields[] = {
    {{"named", bytes, "The footprints of all resources that have a name."},
     [](const auto& at) { return number(at.named); }},
    {{"unnamed", bytes, "What is committed for resources that have none, and so are not listed."},
     [](const auto& at) { return number(at.unnamed); }},
    {{"own", bytes, "The page layer's own records."},
     [](const auto& at) { return number(at.own); }},
    {{"committed", bytes, "Populated by the kernel for all of them: named + unnamed + own."},
     [](const auto& at) { return number(at.committed); }},
};

constexpr field<spill_statistics> spill_fields[] = {
    {{"from", count, "The node that memory was wanted on."},
     [](const auto& at) { return number(at.from); }},
    {{"to", count, "The node that served instead."}, [](const auto& at) { return number(at.to); }},
    {{"granted", bytes, "Granted there so far, given back or not; never falls.", true},
     [](const auto& at) { return number(at.granted); }},
};

struct resource_part {
  const resource_statistics& in;
};

struct resource_node_part {
  const resource_statistics& in;
  node_id node;
  const node_usage& usage;
};

struct size_class_part {
  const resource_statistics& in;
  const size_class_usage& usage;
};

struct arena_part {
  const resource_statistics& in;
  std::size_t index;
  const arena_usage& usage;
};

template <class Part>
constexpr field<Part> resource_name{{"resource", text, "The name that the resource was given."},
                                    [](const Part& at) -> value { return at.in.name; }};
template <class Part>
constexpr field<Part> resource_instance{
    {"instance", count, "Tells living resources of one name apart: 1, 2, ... as they were made."},
    [](const Part& at) { return number(at.in.instance); }};

constexpr field<resource_part> resource_fields[] = {
    resource_name<resource_part>,
    resource_instance<resource_part>,
    {{"kind", text, "What it is: slab, arena, cache, ..."},
     [](const auto& at) -> value { return at.in.description.kind; }},
    {{"placement", text, "Where its memory was asked to lie."},
     [](const auto& at) -> value { return at.in.description.where.to_string(); }},
    {{"budget", text, "The path of the budget that it is charged to; empty without one."},
     [](const auto& at) -> value { return at.in.budget; }},
    {{"charged", bytes, "Live blocks, each at what charge_for says.", true},
     [](const auto& at) { return number(at.in.usage.charged); }},
    {{"unused", bytes, "Held for blocks, but in none: free cells, gaps, uncut tails, dead bytes.",
      true},
     [](const auto& at) { return number(at.in.usage.unused); }},
    {{"metadata", bytes, "Held for descriptors.", true},
     [](const auto& at) { return number(at.in.usage.metadata); }},
    {{"footprint", bytes, "Taken from the pages below: charged + unused + metadata.", true},
     [](const auto& at) { return number(at.in.usage.footprint); }},
    {{"peak_footprint", bytes, "The largest footprint so far."},
     [](const auto& at) { return number(at.in.usage.peak_footprint); }},
    {{"blocks", count, "Live blocks.", true},
     [](const auto& at) { return number(at.in.usage.blocks); }},
    {{"requested", bytes, "What callers asked for in live blocks; absent where it is not counted."},
     [](const auto& at) { return number(at.in.usage.requested); }},
};

constexpr field<resource_node_part> resource_node_fields[] = {
    resource_name<resource_node_part>,
    resource_instance<resource_node_part>,
    {{"node", count, "The operating system's number of the memory node."},
     [](const auto& at) { return number(at.node); }},
    {{"outcome", text, "What became of the placement, at the last acquisition there."},
     [](const auto& at) -> value { return std::string(to_string(at.usage.outcome)); }},
    {{"footprint", bytes, "Of the resource's footprint, what lies in the node's memory.", true},
     [](const auto& at) { return number(at.usage.footprint); }},
    {{"spilled", bytes, "Of the footprint, what was wanted on another node, which was full.", true},
     [](const auto& at) { return number(at.usage.spilled); }},
    {{"misplaced", bytes,
      "What the last look found on another node than this one: an audit, or a sample of at most "
      "512 pages that every account takes once in 1024 runs.",
      true},
     [](const auto& at) { return number(at.usage.misplaced); }},
};

constexpr field<size_class_part> size_class_fields[] = {
    resource_name<size_class_part>,
    resource_instance<size_class_part>,
    {{"cell", bytes, "The size of a cell."},
     [](const auto& at) { return number(at.usage.cell_bytes); }},
    {{"cells", count, "Cells that have been cut: used + free.", true},
     [](const auto& at) { return number(at.usage.cells); }},
    {{"used", count, "Cells in the callers' hands.", true},
     [](const auto& at) { return number(at.usage.used); }},
    {{"free", count, "Cells that wait to be used.", true},
     [](const auto& at) { return number(at.usage.free); }},
    {{"slabs", count, "Slabs that the cells are cut from.", true},
     [](const auto& at) { return number(at.usage.slabs); }},
    {{"slab", bytes, "All of these slabs.", true},
     [](const auto& at) { return number(at.usage.slab_bytes); }},
    {{"utilisation", ratio, "The part of the slabs' bytes that used cells fill, from 0 to 1."},
     [](const auto& at) -> value { return at.usage.utilisation(); }},
};

constexpr field<arena_part> arena_fields[] = {
    resource_name<arena_part>,
    resource_instance<arena_part>,
    {{"arena", count, "Tells the arenas of one resource apart: 1, 2, ..."},
     [](const auto& at) { return number(at.index); }},
    {{"shard", text, "Which shard of a concurrent arena it is; empty for the only one."},
     [](const auto& at) -> value { return at.usage.name; }},
    {{"blocks", count, "Blocks that it bumps through.", true},
     [](const auto& at) { return number(at.usage.blocks); }},
    {{"block", bytes, "All of these blocks.", true},
     [](const auto& at) { return number(at.usage.block_bytes); }},
    {{"used", bytes, "Handed out, alignment gaps included.", true},
     [](const auto& at) { return number(at.usage.used_bytes); }},
    {{"cursor", address, "Where the next allocation would begin."},
     [](const auto& at) { return hexadecimal(at.usage.cursor); }},
    {{"end", address, "Where the current block ends."},
     [](const auto& at) { return hexadecimal(at.usage.end); }},
};

constexpr field<budget_statistics> budget_fields[] = {
    {{"budget", text, "The names from the root of its tree down, parted by '/'."},
     [](const auto& at) -> value { return at.path; }},
    {{"limit", bytes, "What used never exceeds; absent where only budgets above limit it."},
     [](const auto& at) { return number(at.limit); }},
    {{"soft_limit", bytes, "Above it poll() asks for memory back; absent where it is the limit."},
     [](const auto& at) { return number(at.soft_limit); }},
    {{"used", bytes, "Charged to it and to budgets below it, and held."},
     [](const auto& at) { return number(at.used); }},
    {{"held", bytes, "Of used, what holds have reserved and not yet spent."},
     [](const auto& at) { return number(at.held); }},
    {{"peak", bytes, "The largest used so far."}, [](const auto& at) { return number(at.peak); }},
    {{"refusals", count, "Charges that were refused at this level so far; never falls."},
     [](const auto& at) { return number(at.refusals); }},
    {{"over_soft_limit", flag, "1 while used is above the soft limit."},
     [](const auto& at) -> value { return at.over_soft_limit; }},
    {{"beyond_machine", flag, "1 if the limit is more than all nodes have together."},
     [](const auto& at) -> value { return at.beyond_machine; }},
};

struct budget_node_part {
  const budget_statistics& in;
  const budget_node_statistics& on;
};

constexpr field<budget_node_part> budget_node_fields[] = {
    {{"budget", text, "The names from the root of its tree down, parted by '/'."},
     [](const auto& at) -> value { return at.in.path; }},
    {{"node", count, "The operating system's number of the memory node."},
     [](const auto& at) { return number(at.on.node); }},
    {{"limit", bytes, "What no charge raises used above; absent without a limit."},
     [](const auto& at) { return number(at.on.limit); }},
    {{"used", bytes, "Charged to it and to budgets below it, on this node."},
     [](const auto& at) { return number(at.on.used); }},
};

template <auto& Fields>
constexpr auto words_of = [] {
  std::array<statistics_word, std::size(Fields)> words{};
  for (std::size_t i = 0; i < words.size(); ++i)
    words[i] = Fields[i].word;
  return words;
}();

template <auto& Fields, class Part>
void add_row(std::vector<statistics_row>& rows, const Part& part) {
  statistics_row& row = rows.emplace_back();
  for (const auto& one : Fields)
    row.push_back(one.of(part));
}

// Calls add(part) for each part that `each` finds.
template <auto& Fields>
std::vector<statistics_row> rows_of(auto each) {
  std::vector<statistics_row> rows;
  each([&rows](const auto& part) { add_row<Fields>(rows, part); });
  return rows;
}

constexpr statistics_section sections[] = {
    {"machine", "machine", true, 0, words_of<machine_fields>,
     [](const statistics& all) {
       return rows_of<machine_fields>([&](auto add) { add(all.machine); });
     }},
    {"node", "nodes", false, 1, words_of<node_fields>,
     [](const statistics& all) {
       return rows_of<node_fields>([&](auto add) {
         for (const auto& one : all.nodes)
           add(one);
       });
     }},
    {"pages", "pages", true, 0, words_of<page_fields>,
     [](const statistics& all) { return rows_of<page_fields>([&](auto add) { add(all.pages); }); }},
    {"spill", "spills", false, 2, words_of<spill_fields>,
     [](const statistics& all) {
       return rows_of<spill_fields>([&](auto add) {
         for (const auto& one : all.spills)
           add(one);
       });
     }},
    {"resource", "resources", false, 2, words_of<resource_fields>,
     [](const statistics& all) {
       return rows_of<resource_fields>([&](auto add) {
         for (const auto& one : all.resources)
           add(resource_part{one});
       });
     }},
    {"resource_node", "resource_nodes", false, 3, words_of<resource_node_fields>,
     [](const statistics& all) {
       return rows_of<resource_node_fields>([&](auto add) {
         for (const auto& one : all.resources) {
           for (const auto& [node, usage] : one.nodes)
             add(resource_node_part{one, node, usage});
         }
       });
     }},
    {"size_class", "size_classes", false, 3, words_of<size_class_fields>,
     [](const statistics& all) {
       return rows_of<size_class_fields>([&](auto add) {
         for (const auto& one : all.resources) {
           for (const auto& usage : one.description.size_classes)
             add(size_class_part{one, usage});
         }
       });
     }},
    {"arena", "arenas", false, 3, words_of<arena_fields>,
     [](const statistics& all) {
       return rows_of<arena_fields>([&](auto add) {
         for (const auto& one : all.resources) {
           std::size_t index = 0;
           for (const auto& usage : one.description.arenas)
             add(arena_part{one, ++index, usage});
         }
       });
     }},
    {"budget", "budgets", false, 1, words_of<budget_fields>,
     [](const statistics& all) {
       return rows_of<budget_fields>([&](auto add) {
         for (const auto& one : all.budgets)
           add(one);
       });
     }},
    {"budget_node", "budget_nodes", false, 2, words_of<budget_node_fields>,
     [](const statistics& all) {
       return rows_of<budget_node_fields>([&](auto add) {
         for (const auto& one : all.budgets) {
           for (const auto& on : one.nodes)
             add(budget_node_part{one, on});
         }
       });
     }},
};

}  // namespace

std::string to_string(const statistics_value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "1" : "0";
  if (const auto* count = std::get_if<std::uint64_t>(&value)) return std::to_string(*count);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* ratio = std::get_if<double>(&value)) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), *ratio,
                                   std::chars_format::fixed, 4);
    return {digits.data(), end.ptr};
  }
  std::string list;
  if (const auto* members = std::get_if<std::vector<std::uint64_t>>(&value)) {
    for (const std::uint64_t one : *members)
      list += (list.empty() ? "" : ",") + std::to_string(one);
  }
  return list;
}

std::span<const statistics_section> statistics_sections() noexcept {
  return sections;
}

}  // namespace nearmem
