#include <new>

#include <nearmem/alloc/slab_depots.hpp>

namespace nearmem {

std::size_t slab_depots::homeless_place() const noexcept {
  return supply_.source().homes_count();
}

std::size_t slab_depots::place_of(node_id node) const noexcept {
  return supply_.source().hardware().position_of(node);
}

std::size_t slab_depots::place_of(const void* address) const noexcept {
  return supply_.source().home_position(address);
}

bool slab_depots::prepare(std::size_t place, page_grant& why) noexcept {
  if (find(place) != nullptr) return true;
  const std::size_t count = homeless_place() + 1;
  const std::size_t bytes = count * sizeof(std::atomic<slab_depot*>);
  return supply_.with_account([&](page_account& account, const large_blocks&) {
    auto* all = depots_.load(std::memory_order_relaxed);
    if (all == nullptr) {
      void* const memory = account.make_descriptor(bytes, why);
      if (memory == nullptr) return false;
      all = static_cast<std::atomic<slab_depot*>*>(memory);
      for (std::size_t i = 0; i < count; ++i)
        new (all + i) std::atomic<slab_depot*>(nullptr);
      depots_.store(all, std::memory_order_release);
    }
    if (all[place].load(std::memory_order_relaxed) != nullptr) return true;
    void* const memory = account.make_descriptor(sizeof(slab_depot), why);
    if (memory == nullptr) return false;
    all[place].store(new (memory) slab_depot(), std::memory_order_release);
    return true;
  });
}

void slab_depots::give_back(std::size_t kept_bytes) noexcept {
  for_each([&](slab_depot& one) {
    if (one.empty_bytes() <= kept_bytes) return;
    slab_list surplus;
    one.take_surplus(kept_bytes, surplus);
    supply_.drop_slabs(surplus);
  });
}

void slab_depots::clear() noexcept {
  auto* const all = depots_.exchange(nullptr, std::memory_order_acq_rel);
  if (all == nullptr) return;
  const std::size_t count = homeless_place() + 1;
  for (std::size_t place = 0; place < count; ++place) {
    slab_depot* const one = all[place].load(std::memory_order_relaxed);
    if (one == nullptr) continue;
    one->~slab_depot();
    supply_.drop_descriptor(one, sizeof(slab_depot));
  }
  supply_.drop_descriptor(all, count * sizeof(std::atomic<slab_depot*>));
}

}  // namespace nearmem
