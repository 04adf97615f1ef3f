#pragma once

#include <optional>
#include <string_view>

#include <nearmem/accounting/resource_registry.hpp>

namespace nearmem {

// Lists a resource, an arena or a cache in the resource_registry for as long as it lives, if it
// has a name or can be trimmed. Must be the thing's last member: it is listed only while it is
// whole.
//
//   registry ── entry ─► resource_listing ─► Thing: options(), usage(), usage(node), describe()
//
// Where the thing has trim_from_any_thread(), a trim of all that is listed reaches it.
// Thread rule: as reportable's.
template <class Thing>
class resource_listing final : private reportable {
 public:
  explicit resource_listing(Thing& thing) noexcept : thing_(thing) {
    if (trims || !thing.options().name.empty()) entry_.emplace(static_cast<reportable&>(*this));
  }
  resource_listing(const resource_listing&) = delete;
  resource_listing& operator=(const resource_listing&) = delete;

 private:
  std::string_view name() const noexcept override { return thing_.options().name; }
  resource_usage usage() const noexcept override { return thing_.usage(); }
  node_usage usage(node_id node) const noexcept override { return thing_.usage(node); }
  void describe(resource_description& into) const override { thing_.describe(into); }
  const void* pages() const noexcept override { return thing_.options().pages; }
  const budget* charged_to() const noexcept override { return thing_.options().budget; }
  void trim() noexcept override {
    if constexpr (trims) thing_.trim_from_any_thread();
  }

  static constexpr bool trims = requires(Thing& thing) { thing.trim_from_any_thread(); };

  Thing& thing_;
  std::optional<resource_registry::entry> entry_;
};

}  // namespace nearmem
