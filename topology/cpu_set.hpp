#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace nearmem {

// A set of CPUs by the operating system's numbers.
//
// Spelled as Linux spells it: "0-3,8". Invariant: ascending, without repetition.
// Thread rule: a value.
class cpu_set {
 public:
  cpu_set() = default;
  // Any order, repetitions allowed. O(n log n).
  explicit cpu_set(std::vector<unsigned> cpus);

  bool contains(unsigned cpu) const noexcept;
  bool empty() const noexcept { return cpus_.empty(); }
  std::size_t size() const noexcept { return cpus_.size(); }
  auto begin() const noexcept { return cpus_.begin(); }
  auto end() const noexcept { return cpus_.end(); }
  friend bool operator==(const cpu_set&, const cpu_set&) = default;

  std::string to_string() const;

 private:
  std::vector<unsigned> cpus_;
};

}  // namespace nearmem
