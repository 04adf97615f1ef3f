#include "examples/fullnode/life_books.hpp"

#include <algorithm>
#include <string>
#include <utility>

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
    }
  }
}

// By how much something grew; a number that shrank grew by nothing.
std::size_t growth(std::size_t now, std::size_t before) {
  return now > before ? now - before : 0;
}

}  // namespace

life_books::life_books(page_source& pages) : pages_(pages) {
  // Reading the kernel's files may touch pages of the source's books for the first time; the
  // second reading is the one that counts.
  resident();
  before_ = pages_.own_usage();
  resident_before_ = resident();
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
  std::optional<std::size_t> resident_now = resident();
  if (resident_now && resident_before_) {
    into.rss_growth = growth(*resident_now, *resident_before_);
    std::size_t difference =
        std::max(*into.rss_growth, into.committed) - std::min(*into.rss_growth, into.committed);
    identities_.check("committed == rss_growth, within a page a region",
                      difference <= pages_.page_bytes() * pages_.ranges().size());
  }
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
  return books;
}

std::optional<std::size_t> life_books::resident() const {
  if (!pages_.hardware().is_live()) return std::nullopt;
  return resident_bytes(pages_.ranges());
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
