#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace nearmem {

// What a resource should hold, kept beside it: every live block, its place and its contents.
//
// Each block is filled with its own pattern when it is noted and looked at again when it goes; two
// blocks that share a byte are found when the second one is noted.
class shadow_blocks {
 public:
  struct block {
    std::byte* address = nullptr;
    std::size_t bytes = 0;
    std::size_t alignment = 1;
    std::uint8_t pattern = 0;
  };

  std::size_t size() const { return blocks_.size(); }
  const block& at(std::size_t i) const { return blocks_[i]; }

  // Notes a block that was handed out; returns what is wrong with it, or nothing.
  std::string note(void* address, std::size_t bytes, std::size_t alignment) {
    const block given{static_cast<std::byte*>(address), bytes, alignment,
                      static_cast<std::uint8_t>(++patterns_)};
    if (address == nullptr) return "no address";
    if (reinterpret_cast<std::uintptr_t>(address) % alignment != 0) return "not aligned";
    if (bytes > 0) {
      const auto after = places_.lower_bound(given.address);
      if (after != places_.end() && after->first < given.address + bytes) {
        return "overlaps the block behind it";
      }
      if (after != places_.begin() && std::prev(after)->second > given.address) {
        return "overlaps the block before it";
      }
      places_.emplace(given.address, given.address + bytes);
      std::memset(address, given.pattern, bytes);
    }
    blocks_.push_back(given);
    return {};
  }

  // Forgets one block, in no order's favour; returns what is wrong with its contents, or nothing.
  std::string forget(std::size_t i) {
    const std::string wrong = contents(blocks_[i]);
    if (blocks_[i].bytes > 0) places_.erase(blocks_[i].address);
    blocks_[i] = blocks_.back();
    blocks_.pop_back();
    return wrong;
  }

  // Forgets all but the first `left` blocks.
  std::string forget_to(std::size_t left) {
    std::string wrong;
    while (blocks_.size() > left) {
      std::string one = forget(blocks_.size() - 1);
      if (wrong.empty()) wrong = std::move(one);
    }
    return wrong;
  }

  std::string contents() const {
    for (const block& each : blocks_) {
      if (std::string wrong = contents(each); !wrong.empty()) return wrong;
    }
    return {};
  }

 private:
  static std::string contents(const block& of) {
    for (std::size_t i = 0; i < of.bytes; ++i) {
      if (of.address[i] != std::byte{of.pattern}) return "contents changed";
    }
    return {};
  }

  std::vector<block> blocks_;
  std::map<std::byte*, std::byte*> places_;  // begin to end
  unsigned patterns_ = 0;
};

}  // namespace nearmem
