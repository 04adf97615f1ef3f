#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <nearmem/alloc/kernel.hpp>
#include <nearmem/alloc/page_source.hpp>
#include <nearmem/alloc/residency.hpp>
#include <nearmem/topology/address_range.hpp>
#include <nearmem/topology/procfs.hpp>

namespace nearmem {
namespace {

constexpr std::size_t batch = 256;

// One page, as the kernel sees it.
struct seen_page {
  void* data;
  node_id home;
  bool known;     // the kernel tells
  bool resident;  // it is in memory
  bool misplaced;
};

// Which nodes pages lie on: page by page where the kernel tells, else by the mappings that they are
// in, which are asked for once.
class page_oracle {
 public:
  enum class asks : std::uint8_t { pages_only, mappings_too };

  explicit page_oracle(page_source& source, asks what = asks::mappings_too) noexcept
      : calls_(source.calls()), tells_(calls_.places_memory_of(source.hardware())), asks_(what) {}

  // As kernel::locate(), with `unknown` where nothing is told.
  void locate(std::span<void* const> pages, std::span<int> nodes) noexcept {
    if (tells_ && calls_.locate(pages, nodes) == 0) return;
    if (tells_ && !mappings_ && asks_ == asks::mappings_too) mappings_ = calls_.mappings();
    for (std::size_t i = 0; i < pages.size(); ++i) {
      const auto node = mappings_ ? node_of_mapping(*mappings_, pages[i]) : std::nullopt;
      nodes[i] = node ? static_cast<int>(to_number(*node)) : unknown;
    }
  }

  static constexpr int unknown = std::numeric_limits<int>::min();

 private:
  kernel& calls_;
  bool tells_;
  asks asks_;
  std::optional<std::vector<mapping_node>> mappings_;
};

// Calls visit(seen_page) for every stride-th page of the account, in batches.
template <class Visit>
void look(page_account& account, page_oracle& oracle, std::size_t stride, Visit visit) {
  page_source& source = account.source();
  const std::size_t page_bytes = source.page_bytes();
  std::size_t until_next = 0;
  account.for_each_run([&](const page_record& run) {
    const std::optional<node_id> home = source.home_of(run.data);
    const std::optional<page_spread> spread = source.spread_of({run.data, run.pages * page_bytes});
    std::array<void*, batch> pages{};
    std::array<int, batch> nodes{};
    std::size_t count = 0;
    const auto flush = [&] {
      oracle.locate(std::span(pages.data(), count), std::span(nodes.data(), count));
      for (std::size_t i = 0; i < count; ++i) {
        const bool known = nodes[i] != page_oracle::unknown;
        const bool resident = nodes[i] >= 0;
        const node_id lies =
            resident ? node_id{static_cast<std::uint32_t>(nodes[i])} : node_id{run.node};
        const node_id belongs = home ? *home : spread ? spread->node_of(pages[i]) : lies;
        visit(seen_page{pages[i], belongs, known, resident, resident && lies != belongs});
      }
      count = 0;
    };
    for (std::size_t page = until_next; page < run.pages; page += stride) {
      pages[count++] = run.data + page * page_bytes;
      until_next = page + stride;
      if (count == batch) flush();
    }
    if (count != 0) flush();
    until_next -= std::min<std::size_t>(until_next, run.pages);
  });
}

std::optional<huge_page_coverage> look_for_huge_pages(page_account& account) {
  if (!account.options().huge_pages) return std::nullopt;
  huge_page_coverage coverage;
  std::vector<address_range> runs;
  account.for_each_run([&](const page_record& run) {
    const std::size_t bytes = run.pages * account.source().page_bytes();
    runs.push_back({run.data, bytes});
    coverage.bytes += bytes;
  });
  const std::optional<std::size_t> found = huge_page_bytes(runs);
  if (!found) return std::nullopt;
  coverage.in_huge_pages = *found;
  return coverage;
}

node_residency& row_of(residency_report& report, node_id node) {
  const auto at =
      std::lower_bound(report.nodes.begin(), report.nodes.end(), node,
                       [](const node_residency& row, node_id wanted) { return row.node < wanted; });
  if (at != report.nodes.end() && at->node == node) return *at;
  return *report.nodes.insert(at, node_residency{.node = node});
}

}  // namespace

node_residency residency_report::total() const noexcept {
  node_residency sum;
  for (const node_residency& row : nodes) {
    sum.pages += row.pages;
    sum.resident += row.resident;
    sum.misplaced += row.misplaced;
    sum.unverified += row.unverified;
  }
  return sum;
}

residency_report& residency_report::operator+=(const residency_report& other) {
  for (const node_residency& found : other.nodes) {
    node_residency& row = row_of(*this, found.node);
    row.pages += found.pages;
    row.resident += found.resident;
    row.misplaced += found.misplaced;
    row.unverified += found.unverified;
  }
  page_bytes = std::max(page_bytes, other.page_bytes);
  if (other.huge_pages) {
    huge_page_coverage& sum = huge_pages ? *huge_pages : huge_pages.emplace();
    sum.bytes += other.huge_pages->bytes;
    sum.in_huge_pages += other.huge_pages->in_huge_pages;
  }
  return *this;
}

residency_report audit_residency(page_account& account, const residency_options& options) {
  residency_report report;
  if (account.footprint() == 0) return report;
  const std::size_t stride = std::max<std::size_t>(options.stride, 1);
  report.page_bytes = account.source().page_bytes();
  page_oracle oracle(account.source());
  look(account, oracle, stride, [&report](const seen_page& page) {
    node_residency& row = row_of(report, page.home);
    ++row.pages;
    if (page.resident) ++row.resident;
    if (page.misplaced) ++row.misplaced;
    if (!page.known) ++row.unverified;
  });
  report.huge_pages = look_for_huge_pages(account);
  account.clear_misplaced();
  for (const node_residency& row : report.nodes) {
    account.note_misplaced(row.node, row.misplaced * report.page_bytes * stride);
  }
  return report;
}

void look_again(page_account& account) noexcept {
  page_source& source = account.source();
  if (source.hardware().nodes().size() == 1) return;
  constexpr std::size_t most_pages = 512;
  const std::size_t pages = account.footprint() / source.page_bytes();
  const std::size_t stride = pages / most_pages + 1;
  std::array<node_id, most_pages> misplaced{};
  std::size_t count = 0;
  bool told = true;
  page_oracle oracle(source, page_oracle::asks::pages_only);
  look(account, oracle, stride, [&](const seen_page& page) noexcept {
    told = told && page.known;
    if (page.misplaced && count < most_pages) misplaced[count++] = page.home;
  });
  if (!told) return;
  account.clear_misplaced();
  for (std::size_t i = 0; i < count; ++i)
    account.note_misplaced(misplaced[i], stride * source.page_bytes());
}

residency_repair repair_residency(page_account& account) noexcept {
  residency_repair repair;
  if (account.footprint() == 0) return repair;
  kernel& calls = account.source().calls();
  const std::size_t page_bytes = account.source().page_bytes();
  std::array<void*, batch> pages{};
  std::array<node_id, batch> homes{};
  std::array<int, batch> results{};
  std::size_t count = 0;
  account.clear_misplaced();
  const auto flush = [&]() noexcept {
    const bool answered = calls.move(std::span(pages.data(), count), std::span(homes.data(), count),
                                     std::span(results.data(), count)) == 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (answered && results[i] == static_cast<int>(to_number(homes[i]))) {
        ++repair.moved;
      } else {
        ++repair.left;
        account.note_misplaced(homes[i], page_bytes);
      }
    }
    count = 0;
  };
  page_oracle oracle(account.source());
  look(account, oracle, 1, [&](const seen_page& page) noexcept {
    if (!page.misplaced) return;
    pages[count] = page.data;
    homes[count++] = page.home;
    if (count == batch) flush();
  });
  if (count != 0) flush();
  return repair;
}

}  // namespace nearmem
