#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <nearmem/accounting/accounted_resource.hpp>
#include <nearmem/alloc/page_source.hpp>
#include <nearmem/alloc/residency.hpp>

#include "examples/fullnode/identity_list.hpp"
#include "examples/fullnode/life_report.hpp"

namespace nearmem::fullnode {

// A component: a resource, and what its containers say of themselves.
struct component {
  std::string_view name;
  const accounted_resource* memory;
  std::size_t objects;
  std::size_t dynamic_usage;       // of all containers on the resource
  std::size_t modelled_usage = 0;  // of the same, where somebody asks
  residency_report residency{};    // of the resource's pages, where somebody asks
};

// The books of a life: what the page source held before it began, what components and page source
// hold now, and what the kernel says to it.
//
//   Σ components' footprints + page layer's own growth == committed growth == resident growth +
//   swap
//
// Thread rule: one thread at a time; no other thread may take pages from the source meanwhile.
class life_books {
 public:
  explicit life_books(page_source& pages);

  // Looks at every identity that costs no walk. O(components * nodes).
  void check(std::span<const component> components);
  // Fills in the components, their totals, the page source's part and what the kernel says; looks
  // at all identities once more, those about the kernel's word included.
  void report(std::span<const component> components, life_report& into);
  // Looks whether all went back but for the page layer's own; requires that no component is left.
  void check_end();

  identity_list& identities() noexcept { return identities_; }

 private:
  component_report report_of(const component& each) const;
  // What the kernel says of the source's ranges, or nothing: of a simulated machine, or where
  // /proc is closed.
  struct kernel_word {
    std::size_t resident;
    std::size_t swapped;
  };
  std::optional<kernel_word> ask_kernel() const;
  void report_kernel_word(life_report& into);

  void check_sums(const component_report& each);
  void check_committed(std::size_t footprint);

  page_source& pages_;
  page_source_usage before_;
  std::optional<kernel_word> kernel_before_;
  identity_list identities_;
};

}  // namespace nearmem::fullnode
