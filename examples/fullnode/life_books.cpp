#include "examples/fullnode/life_books.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <nearmem/alloc/snapshot.hpp>
#include <nearmem/topology/procfs.hpp>

namespace nearmem::fullnode {
namespace {

// Adds a component to the totals, node by node; the totals' outcome on a node is the first seen.
void add(const component_report& each, component_report& totals) {
  totals.objects += each.objects;
  totals.charged += each.charged;
  totals.modelled += each.modelled;
  totals.unused += each.unused;
  totals.metadata += each.metadata;
  totals.footprint += each.footprint;
  totals.peak_footprint += each.peak_footprint;
  for (const node_share& share : each.nodes) {
    auto at = std::ranges::lower_bound(totals.nodes, share.node, {}, &node_share::node);
    if (at == totals.nodes.end() || at->node != share.node) {
      totals.nodes.insert(at, share);
    } else {
      at->footprint += share.footprint;
      at->misplaced += share.misplaced;
      at->unverified += share.unverified;
    }
  }
}

// By how much something grew; a number that shrank grew by nothing.
std::size_t growth(std::size_t now, std::size_t before) {
  return now > before ? now - before : 0;
}

}  // namespace

life_books::life_books(page_source& pages) : pages_(pages) {
  before_ = pages_.own_usage();
  kernel_before_ = ask_kernel();
}

void life_books::check(std::span<const component> components) {
  component_report totals{"totals"};
  for (const component& each : components) {
    component_report books = report_of(each);
    check_sums(books);
    identities_.check(books.name + ": dynamic_usage == charged",
                      each.dynamic_usage == books.charged);
    add(books, totals);
  }
  check_sums(totals);
  check_committed(totals.footprint);
}

void life_books::report(std::span<const component> components, life_report& into) {
  check(components);
  into.totals = {"totals"};
  for (const component& each : components) {
    into.components.push_back(report_of(each));
    add(into.components.back(), into.totals);
  }
  page_source_usage now = pages_.own_usage();
  into.page_layer = growth(now.footprint, before_.footprint);
  into.committed = growth(now.committed, before_.committed);
  report_kernel_word(into);
  into.counted = snapshot(pages_);
}

void life_books::report_kernel_word(life_report& into) {
  std::optional<kernel_word> now = ask_kernel();
  if (!now || !kernel_before_) return;
  into.rss_growth = growth(now->resident, kernel_before_->resident);
  into.swapped = growth(now->swapped, kernel_before_->swapped);
  std::size_t in_memory_or_swap = *into.rss_growth + into.swapped;
  std::size_t difference =
      std::max(in_memory_or_swap, into.committed) - std::min(in_memory_or_swap, into.committed);
  identities_.check("committed == rss_growth + swapped, within a page a region",
                    difference <= pages_.page_bytes() * pages_.ranges().size());
}

void life_books::check_end() {
  page_source_usage now = pages_.own_usage();
  identities_.check("end of life: committed == page layer",
                    now.committed - now.footprint == before_.committed - before_.footprint);
}

component_report life_books::report_of(const component& each) const {
  resource_usage usage = each.memory->usage();
  component_report books{std::string(each.name)};
  books.objects = each.objects;
  books.charged = usage.charged;
  books.modelled = each.modelled_usage;
  books.unused = usage.unused;
  books.metadata = usage.metadata;
  books.footprint = usage.footprint;
  books.peak_footprint = usage.peak_footprint;
  for (const numa_node& node : pages_.hardware().nodes()) {
    node_usage share = each.memory->usage(node.id);
    if (share.footprint != 0) books.nodes.push_back({node.id, share.footprint, share.outcome});
  }
  for (const node_residency& found : each.residency.nodes) {
    const auto at = std::ranges::find(books.nodes, found.node, &node_share::node);
    if (at == books.nodes.end()) continue;
    at->misplaced = found.misplaced * each.residency.page_bytes;
    at->unverified = found.unverified * each.residency.page_bytes;
  }
  return books;
}

std::optional<life_books::kernel_word> life_books::ask_kernel() const {
  if (!pages_.hardware().is_live()) return std::nullopt;
  std::optional<std::size_t> resident = resident_bytes(pages_.ranges());
  std::optional<std::size_t> swapped = swapped_bytes(pages_.ranges());
  if (!resident || !swapped) return std::nullopt;
  return kernel_word{*resident, *swapped};
}

void life_books::check_sums(const component_report& each) {
  identities_.check(each.name + ": footprint == charged + unused + metadata",
                    each.footprint == each.charged + each.unused + each.metadata);
  std::size_t by_node = 0;
  for (const node_share& share : each.nodes)
    by_node += share.footprint;
  identities_.check(each.name + ": footprint == sum over nodes", each.footprint == by_node);
}

void life_books::check_committed(std::size_t footprint) {
  page_source_usage now = pages_.own_usage();
  identities_.check(
      "components + page layer == committed",
      footprint + now.footprint - before_.footprint == now.committed - before_.committed);
}

}  // namespace nearmem::fullnode
