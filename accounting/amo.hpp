#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <tuple>
#include <utility>

#include <nearmem/accounting/dynamic_usage_traits.hpp>
#include <nearmem/accounting/usage_of_aggregates.hpp>
#include <nearmem/accounting/usage_of_pointers.hpp>

namespace nearmem {

// The block that the owners of an amo share.
template <class T>
struct amo_cell {
  amo_cell() = default;
  explicit amo_cell(T held) : value(std::move(held)) {}

  mutable std::shared_mutex mutex;
  std::optional<T> value;
};

// An optional value that several owners share and lock: the seeds' `Amo`.
//
//   amo ──► [ counters │ mutex │ value? ]     one block; copies of an amo share it
//
// Thread rule: any; copying an amo is as copying a std::shared_ptr.
template <class T>
class amo {
 public:
  // A view of the value that holds the lock: shared for `reading`, alone for `writing`.
  template <class Lock, class Value>
  class locked {
   public:
    Value& operator*() const noexcept { return value_; }
    Value* operator->() const noexcept { return &value_; }

   private:
    friend class amo;
    locked(std::shared_mutex& mutex, Value& value) : lock_(mutex), value_(value) {}

    Lock lock_;
    Value& value_;
  };
  using reading = locked<std::shared_lock<std::shared_mutex>, const std::optional<T>>;
  using writing = locked<std::unique_lock<std::shared_mutex>, std::optional<T>>;

  // Empty, with a block of its own.
  amo() : cell_(std::make_shared<amo_cell<T>>()) {}
  explicit amo(T value) : cell_(std::make_shared<amo_cell<T>>(std::move(value))) {}

  // Waits for the lock, and holds it for the life of what is returned.
  reading read() const { return {cell_->mutex, cell_->value}; }
  writing write() const { return {cell_->mutex, cell_->value}; }

  bool is_none() const { return !read()->has_value(); }
  // Whether two share their value.
  bool shares_with(const amo& other) const noexcept { return cell_ == other.cell_; }

 private:
  friend dynamic_usage_traits<amo>;

  std::shared_ptr<amo_cell<T>> cell_;
};

// The one block, whether there is a value or not; recursively, what the value owns.
template <class T>
struct dynamic_usage_traits<amo<T>> {
  static auto members(const amo<T>& x) { return std::tie(x.cell_); }
};

// Waits for the lock, and reads under it.
template <class T>
struct dynamic_usage_traits<amo_cell<T>> {
  template <class Sum>
  static void blocks(const amo_cell<T>& x, Sum& sum) {
    const std::shared_lock hold(x.mutex);
    add_blocks(x.value, sum);
  }
  template <class Visit>
  static void elements(const amo_cell<T>& x, Visit& visit) {
    const std::shared_lock hold(x.mutex);
    visit_elements(x.value, visit);
  }
};

}  // namespace nearmem
