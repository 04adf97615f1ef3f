#include "tools/kernels/pointer_chase.hpp"

#include <algorithm>
#include <random>

#include <nearmem/accounting/contract.hpp>

#include "tools/kernels/stopwatch.hpp"

namespace nearmem::measure {
namespace {

std::vector<std::byte*> shuffled(std::vector<std::byte*> places, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::shuffle(places.begin(), places.end(), random);
  return places;
}

}  // namespace

pointer_chase::pointer_chase(std::span<std::byte> memory, std::size_t stride, std::uint64_t seed)
    : memory_(memory), stride_(stride) {
  expects(stride % sizeof(void*) == 0 && memory.size() >= stride && stride != 0,
          "pointer_chase: no place in this memory");
  std::vector<std::byte*> places(memory.size() / stride);
  for (std::size_t i = 0; i < places.size(); ++i)
    places[i] = memory.data() + i * stride;
  link(shuffled(std::move(places), seed));
}

pointer_chase::pointer_chase(std::span<std::byte* const> places, std::uint64_t seed) {
  expects(!places.empty(), "pointer_chase: no place");
  link(shuffled({places.begin(), places.end()}, seed));
}

void pointer_chase::link(std::span<std::byte* const> in_order) {
  places_ = in_order.size();
  for (std::size_t i = 0; i < places_; ++i)
    *reinterpret_cast<void**>(in_order[i]) = in_order[(i + 1) % places_];
  at_ = in_order.front();
}

void pointer_chase::warm() const noexcept {
  if (memory_.empty()) {
    void* at = at_;
    for (std::size_t i = 0; i < places_; ++i)
      at = *static_cast<void**>(at);
    keep(at);
    return;
  }
  read_every(stride_);
}

void pointer_chase::warm_translations() const noexcept {
  constexpr std::size_t page = 4096;
  read_every((page + stride_ - 1) / std::max<std::size_t>(stride_, 1) * stride_);
}

void pointer_chase::read_every(std::size_t bytes) const noexcept {
  for (std::size_t at = 0; at + stride_ <= memory_.size() && bytes != 0; at += bytes) {
    void* value = *reinterpret_cast<void**>(memory_.data() + at);
    keep(value);
  }
}

double pointer_chase::pass(std::size_t loads) noexcept {
  void* at = at_;
  const double spent = nanoseconds_of([&] {
    std::size_t left = loads;
    for (; left >= 8; left -= 8) {
      at = **static_cast<void***>(at);
      at = **static_cast<void***>(at);
      at = **static_cast<void***>(at);
      at = **static_cast<void***>(at);
    }
    for (; left > 0; --left)
      at = *static_cast<void**>(at);
    keep(at);
  });
  at_ = at;
  return spent / static_cast<double>(loads);
}

}  // namespace nearmem::measure
