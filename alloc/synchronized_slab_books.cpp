#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include <nearmem/alloc/account_usage.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>

namespace nearmem {
namespace {

// Cells by where they are, of every slab; a cell that is in two places is not counted twice, it is
// an error.
class cell_census {
 public:
  // Counts a cell that waits outside its slab; false if it is none of the slab, or waits twice.
  bool add(const slab& home, std::uint32_t index) {
    std::vector<bool>& waiting = waiting_[&home];
    waiting.resize(home.cells());
    if (index >= home.cells() || home.is_free(index) || waiting[index]) return false;
    waiting[index] = true;
    ++counts_[&home];
    return true;
  }
  bool add_chain(const slab& home, std::uint32_t first) {
    bool sound = true;
    remote_chain::each(home, first,
                       [&](std::uint32_t index) { sound = add(home, index) && sound; });
    return sound;
  }
  // Cells of the slab that are in nobody's array or chain and not free: in use.
  std::size_t in_use(const slab& home) { return home.cells() - home.free_cells() - counts_[&home]; }

 private:
  std::unordered_map<const slab*, std::vector<bool>> waiting_;
  std::unordered_map<const slab*, std::size_t> counts_;
};

// Whether a slab that nobody holds knows how much of it is free, and is in a depot if it should be.
bool is_left_well(const slab& one, bool is_in_depot) {
  std::uint32_t free_cells = one.free_cells();
  remote_chain::each(one, one.claim().chain(), [&](std::uint32_t) { ++free_cells; });
  return one.claim().free_cells() == free_cells &&
         is_in_depot == slab_depot::wants(free_cells, one.cells());
}

}  // namespace

// Requires the census' lock.
size_class_usage synchronized_slab_resource::usage_of(std::size_t class_number) const noexcept {
  const slab_supply::class_counts& counts = shared_.supply.counts(class_number);
  size_class_usage usage;
  usage.cell_bytes = shared_.supply.shape(class_number).bytes;
  std::ptrdiff_t in_use = in_use_of_gone_[class_number];
  for (const owned_heap* heap = heaps_; heap != nullptr; heap = heap->next_of_owner) {
    in_use += heap->version.read([&] { return heap->in_use(class_number); });
  }
  usage.used = static_cast<std::size_t>(std::max<std::ptrdiff_t>(in_use, 0));
  usage.cells = counts.cells.get();
  usage.slabs = counts.slabs.get();
  usage.slab_bytes = counts.slab_bytes.get();
  return settled(usage);
}

resource_usage synchronized_slab_resource::usage() const noexcept {
  const std::lock_guard census(census_);
  std::size_t charged = shared_.supply.large().charged();
  std::size_t blocks = shared_.supply.large().blocks();
  for (std::size_t i = 0; i < size_class::count; ++i) {
    const size_class_usage cells = usage_of(i);
    charged += cells.used * cells.cell_bytes;
    blocks += cells.used;
  }
  return account_usage(account(), charged, blocks);
}

void synchronized_slab_resource::describe(resource_description& into) const {
  into.kind = "slab";
  into.where = options().where;
  into.size_classes.reserve(size_class::count);
  const std::lock_guard census(census_);
  for (std::size_t i = 0; i < size_class::count; ++i) {
    const size_class_usage cells = usage_of(i);
    if (cells.slabs > 0) into.size_classes.push_back(cells);
  }
}

std::size_t synchronized_slab_resource::heaps_count() const noexcept {
  const std::lock_guard census(census_);
  std::size_t count = 0;
  for (const owned_heap* heap = heaps_; heap != nullptr; heap = heap->next_of_owner)
    ++count;
  return count;
}

sharing_counts synchronized_slab_resource::sharing() const noexcept {
  const std::lock_guard census(census_);
  sharing_counts sum;
  sum.remote_frees = remote_frees_of_gone_;
  sum.remote_operations = remote_operations_of_gone_;
  for (const owned_heap* heap = heaps_; heap != nullptr; heap = heap->next_of_owner) {
    sum.remote_frees += heap->remote_frees();
    sum.remote_operations += heap->remote_operations();
  }
  sum.locks = shared_.supply.locks_taken() + locks_of_gone_;
  shared_.depots.for_each([&sum](const slab_depot& one) { sum.locks += one.locks_taken(); });
  return sum;
}

residency_report synchronized_slab_resource::audit_residency(const residency_options& how) {
  return shared_.supply.with_account([&](page_account& account, const large_blocks&) {
    return nearmem::audit_residency(account, how);
  });
}

residency_repair synchronized_slab_resource::repair_residency() noexcept {
  return shared_.supply.with_account([](page_account& account, const large_blocks&) {
    return nearmem::repair_residency(account);
  });
}

bool synchronized_slab_resource::audit() {
  if (footprint() == 0) return usage().charged == 0 && usage().metadata == 0;
  const std::lock_guard registry(heap_registry::mutex());
  const bool sound = audit_cells();
  const resource_usage now = usage();
  return sound && now.footprint == now.charged + now.unused + now.metadata;
}

// Every cell in one place, every slab with one holder, every byte of every run somebody's.
bool synchronized_slab_resource::audit_cells() {
  cell_census waiting;
  bool sound = true;
  std::unordered_map<const slab*, const owned_heap*> shelves;
  std::unordered_set<const slab*> in_depots;
  shared_.depots.for_each([&](slab_depot& depot) {
    sound = sound && depot.audit();
    depot.for_each([&](const slab& one) {
      sound = sound && &shared_.depots.of(one) == &depot && in_depots.insert(&one).second;
    });
  });
  page_source& source = shared_.supply.source();
  for (owned_heap* heap = heaps_; heap != nullptr; heap = heap->next_of_owner) {
    heap->for_each_bin([&](const thread_bin& bin, std::size_t class_number) {
      for (void* const cell : bin) {
        const auto* home = static_cast<slab*>(shared_.supply.owner(run_use::slab, cell));
        sound = sound && home != nullptr && home->class_number() == class_number &&
                home->has_cell_at(cell) && waiting.add(*home, home->index_of(cell));
      }
      if (bin.shelf == nullptr) return;
      sound = sound && bin.shelf->audit();
      bin.shelf->for_each([&](const slab& one) {
        sound = sound && one.claim().is_held_by(heap->number()) &&
                one.class_number() == class_number && one.free_cells() > 0;
        shelves[&one] = heap;
      });
    });
    heap->for_each_waiting([&](const void* cell) {
      const auto* home = static_cast<slab*>(shared_.supply.owner(run_use::slab, cell));
      sound = sound && home != nullptr && home->has_cell_at(cell) &&
              waiting.add(*home, home->index_of(cell));
    });
    heap->for_each_chain([&](const remote_chain& chain) {
      sound = sound && waiting.add_chain(*chain.home(), chain.first());
    });
  }
  std::array<std::size_t, size_class::count> in_use{};
  std::array<std::size_t, size_class::count> cells{};
  std::size_t run_bytes = 0;
  std::size_t metadata = 0;
  shared_.supply.with_account([&](page_account& account, const large_blocks& large) {
    account.for_each_run([&](const page_record& run) {
      const auto* owner = static_cast<run_owner*>(source.owner_of(run.data));
      if (owner == nullptr) {
        metadata += run.pages * source.page_bytes();
      } else if (owner->use == run_use::slab) {
        const auto& one = *static_cast<const slab*>(owner);
        sound = sound && one.audit() && waiting.add_chain(one, one.claim().chain());
        const bool is_in_depot = in_depots.contains(&one);
        sound = sound && is_in_depot == slab_depot::holds(one) &&
                (one.claim().is_held() ? shelves.contains(&one) && !is_in_depot
                                       : !shelves.contains(&one) && is_left_well(one, is_in_depot));
        in_use[one.class_number()] += waiting.in_use(one);
        cells[one.class_number()] += one.cells();
        run_bytes += one.run().bytes;
      }
    });
    sound = sound && large.audit(account, run_bytes) && metadata == account.metadata() &&
            account.audit() && account.footprint() == run_bytes + metadata;
  });
  const std::lock_guard census(census_);
  for (std::size_t i = 0; i < size_class::count; ++i) {
    const size_class_usage usage = usage_of(i);
    sound = sound && usage.used == in_use[i] && usage.cells == cells[i];
  }
  return sound;
}

}  // namespace nearmem
