#include "examples/fullnode/report_table.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

namespace nearmem::fullnode {
namespace {

// 1234567 as 1,234,567.
std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3)
    text.insert(at - 3, ",");
  return text;
}

class table {
 public:
  template <class... Values>
  void line(fmt::format_string<Values...> pattern, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), pattern, std::forward<Values>(values)...);
    while (!text_.empty() && text_.back() == ' ')
      text_.pop_back();
    text_ += '\n';
  }

  void row(std::string_view name, const std::string& objects, const std::string& charged,
           const std::string& modelled, const std::string& unused, const std::string& metadata,
           const std::string& footprint) {
    line("{:<12}{:>12}{:>15}{:>15}{:>14}{:>12}{:>15}", name, objects, charged, modelled, unused,
         metadata, footprint);
  }

  void row(const component_report& books) {
    row(books.name, grouped(books.objects), grouped(books.charged), grouped(books.modelled),
        grouped(books.unused), grouped(books.metadata), grouped(books.footprint));
  }

  // A number that stands in the last column of row(), for the sums below it.
  void sum(std::string_view name, const std::string& number) { line("{:<12}{:>83}", name, number); }

  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

void write_source(table& into, const life_source& source) {
  if (const auto* files = std::get_if<std::vector<std::string>>(&source)) {
    into.line("blocks read from {} {}", files->size(), files->size() == 1 ? "file" : "files");
    return;
  }
  const auto& wanted = std::get<generation>(source);
  into.line("blocks generated, not read: seed {}, count {}, transactions per block {}", wanted.seed,
            wanted.count, wanted.transactions_per_block);
}

void write_counts(table& into, const life_report& report) {
  auto count = [&into](std::string_view name, std::uint64_t number) {
    into.line("{:<20}{:>14}", name, grouped(number));
  };
  count("blocks", report.blocks);
  count("transactions", report.transactions);
  count("inputs", report.inputs);
  count("outputs", report.outputs);
  count("coins spent", report.coins_spent);
  count("coins missing", report.coins_missing);
  count("coins added", report.coins_added);
  count("coins unspendable", report.coins_unspendable);
  count("fees unknown", report.fees_unknown);
}

void write_components(table& into, const life_report& report) {
  into.row("bytes", "objects", "charged", "modelled", "unused", "metadata", "footprint");
  for (const component_report& each : report.components)
    into.row(each);
  into.row(report.totals);
  into.sum("page layer", grouped(report.page_layer));
  into.sum("committed", grouped(report.committed));
  into.sum("rss growth", report.rss_growth ? grouped(*report.rss_growth) : "unknown");
  into.sum("swapped", grouped(report.swapped));
}

void write_nodes(table& into, const life_report& report) {
  into.line("{:<12}{:>12}{:>15}{:>15}{:>14}  {}", "bytes", "node", "footprint", "misplaced",
            "unverified", "outcome");
  auto write = [&into](const component_report& books) {
    for (const node_share& share : books.nodes) {
      into.line("{:<12}{:>12}{:>15}{:>15}{:>14}  {}", books.name, to_number(share.node),
                grouped(share.footprint), grouped(share.misplaced), grouped(share.unverified),
                to_string(share.outcome));
    }
  };
  for (const component_report& each : report.components)
    write(each);
}

void write_identities(table& into, const life_report& report) {
  into.line("identities");
  for (const identity& each : report.identities) {
    into.line("  {:<6} {}", each.holds ? "holds" : "BROKEN", each.name);
  }
}

}  // namespace

std::string to_table(const life_report& report, const life_source& source) {
  table into;
  write_source(into, source);
  into.line("");
  write_counts(into, report);
  into.line("");
  write_components(into, report);
  into.line("");
  write_nodes(into, report);
  into.line("");
  write_identities(into, report);
  return std::move(into).text();
}

}  // namespace nearmem::fullnode
