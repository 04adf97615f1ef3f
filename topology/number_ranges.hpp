#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace nearmem {

// Builds the spelling that Linux and numactl use for sets of numbers: "0-3,8".
//
// Numbers come in strictly ascending order; what is added last ends up in str(). Private to
// topology/. Thread rule: a value.
class number_ranges {
 public:
  // Requires that `number` is larger than every one before. O(1) amortised.
  void add(std::uint32_t number) {
    if (!text_.empty() && number == last_ + 1) {
      last_ = number;
      return;
    }
    finish_range();
    if (!text_.empty()) text_ += ',';
    text_ += std::to_string(number);
    first_ = last_ = number;
  }

  // The whole text; "" if nothing was added.
  std::string str() && {
    finish_range();
    return std::move(text_);
  }

 private:
  // A range of one is written already; a longer one still lacks its end.
  void finish_range() {
    if (first_ == last_) return;
    text_ += '-';
    text_ += std::to_string(last_);
    first_ = last_;
  }

  std::string text_;
  std::uint32_t first_ = 0;
  std::uint32_t last_ = 0;
};

}  // namespace nearmem
