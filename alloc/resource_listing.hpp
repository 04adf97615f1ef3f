#pragma once

#include <optional>
#include <string_view>

#include <nearmem/accounting/resource_registry.hpp>

namespace nearmem {

// Lists a resource, an arena or a cache in the resource_registry, if it has a name or can be
// trimmed: from begin(), the last thing that its constructor does, to its end. Must be the thing's
// last member. So nobody meets one that is not whole.
//
//   registry ── entry ─► resource_listing ─► Thing: options(), usage(), usage(node), describe()
//
// Where the thing has trim_from_any_thread(), a trim of all that is listed reaches it.
// Thread rule: as reportable's.
template <class Thing>
class resource_listing final : private reportable {
 public:
  explicit resource_listing(Thing& thing) noexcept : thing_(thing) {}
  resource_listing(const resource_listing&) = delete;
  resource_listing& operator=(const resource_listing&) = delete;

  void begin() noexcept {
    if (trims || !thing_.options().name.empty()) entry_.emplace(static_cast<reportable&>(*this));
  }

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
