#include "tools/kernels/page_costs.hpp"

#include <new>

#include <nearmem/alloc/page_source.hpp>

#include "tools/kernels/stopwatch.hpp"

namespace nearmem::measure {
namespace {

constexpr std::size_t small_page = 4096;

}  // namespace

std::string_view to_string(page_work what) noexcept {
  switch (what) {
    case page_work::first_touch:
      return "first_touch";
    case page_work::populate:
      return "populate";
    case page_work::purge:
      return "purge";
    case page_work::reuse:
      return "reuse";
  }
  return "reuse";
}

page_costs::page_costs(kernel& calls, node_id node, std::size_t bytes, bool huge_pages)
    : calls_(calls) {
  const std::size_t chunk = page_source::chunk_bytes;
  range_ = calls.reserve((bytes + chunk - 1) / chunk * chunk, chunk, kernel::access::none);
  if (range_.data == nullptr) throw std::bad_alloc();
  if (calls.open(range_.data, range_.bytes) != 0) {
    calls.unreserve(range_.data, range_.bytes);
    throw std::bad_alloc();
  }
  // Where policies are denied, memory lies beside the thread that touches it first.
  static_cast<void>(
      calls.set_policy(range_.data, range_.bytes, {memory_policy::kind::preferred, {node}}));
  static_cast<void>(calls.huge_pages(range_.data, range_.bytes, huge_pages));
}

page_costs::~page_costs() {
  calls_.unreserve(range_.data, range_.bytes);
}

void page_costs::touch() noexcept {
  for (std::size_t at = 0; at < range_.bytes; at += small_page)
    *static_cast<volatile std::byte*>(range_.data + at) = std::byte{1};
}

double page_costs::pass(page_work what) {
  const auto purge = [this] { static_cast<void>(calls_.purge(range_.data, range_.bytes)); };
  const auto populate = [this] { static_cast<void>(calls_.populate(range_.data, range_.bytes)); };
  double spent = 0;
  switch (what) {
    case page_work::first_touch:
      purge();
      spent = nanoseconds_of([this] { touch(); });
      break;
    case page_work::populate:
      purge();
      spent = nanoseconds_of(populate);
      break;
    case page_work::purge:
      touch();
      spent = nanoseconds_of(purge);
      break;
    case page_work::reuse:
      touch();
      spent = nanoseconds_of([&] {
        purge();
        touch();
      });
      break;
  }
  return spent / (static_cast<double>(range_.bytes) / small_page);
}

}  // namespace nearmem::measure
