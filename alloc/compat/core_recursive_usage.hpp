#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>

#include <nearmem/alloc/compat/core_memusage.hpp>

// Bitcoin Core's recursion through blocks and transactions, bit for bit, for Core's types and for
// any that have members of the same names:
//
//   block.vtx ─► transaction.vin ─► input.scriptSig, .prevout, .scriptWitness.stack
//                           .vout ─► output.scriptPubKey
//
// In namespace memusage, so that Core's own header, which puts the same names into the global
// namespace, can stand beside it.
namespace memusage {

template <class T>
concept script_like = prevector_like<T>;

template <class T>
concept outpoint_like = requires(const T& x) {
  x.hash;
  x.n;
} && !requires(const T& x) { x.vin; };

template <class T>
concept input_like = requires(const T& x) {
  x.scriptSig;
  x.prevout;
  x.scriptWitness.stack;
};

template <class T>
concept output_like = requires(const T& x) {
  x.scriptPubKey;
  x.nValue;
};

template <class T>
concept transaction_like = requires(const T& x) {
  x.vin;
  x.vout;
};

template <class T>
concept block_like = requires(const T& x) { x.vtx; };

template <class T>
concept locator_like = requires(const T& x) { x.vHave; };

// All of them first, as the name is looked up where a template is defined, and for types of the
// global namespace nowhere else.
template <script_like T>
std::size_t RecursiveDynamicUsage(const T& script);
template <outpoint_like T>
constexpr std::size_t RecursiveDynamicUsage(const T&) noexcept;
template <input_like T>
std::size_t RecursiveDynamicUsage(const T& input);
template <output_like T>
std::size_t RecursiveDynamicUsage(const T& output);
template <transaction_like T>
std::size_t RecursiveDynamicUsage(const T& transaction);
template <block_like T>
std::size_t RecursiveDynamicUsage(const T& block);
template <locator_like T>
std::size_t RecursiveDynamicUsage(const T& locator);
template <class X>
std::size_t RecursiveDynamicUsage(const std::shared_ptr<X>& p);

template <script_like T>
std::size_t RecursiveDynamicUsage(const T& script) {
  return DynamicUsage(script);
}

template <outpoint_like T>
constexpr std::size_t RecursiveDynamicUsage(const T&) noexcept {
  return 0;
}

template <input_like T>
std::size_t RecursiveDynamicUsage(const T& input) {
  std::size_t bytes = DynamicUsage(input.scriptSig) + DynamicUsage(input.scriptWitness.stack);
  for (const auto& item : input.scriptWitness.stack)
    bytes += DynamicUsage(item);
  return bytes;
}

template <output_like T>
std::size_t RecursiveDynamicUsage(const T& output) {
  return DynamicUsage(output.scriptPubKey);
}

template <transaction_like T>
std::size_t RecursiveDynamicUsage(const T& transaction) {
  std::size_t bytes = DynamicUsage(transaction.vin) + DynamicUsage(transaction.vout);
  for (const auto& input : transaction.vin)
    bytes += RecursiveDynamicUsage(input);
  for (const auto& output : transaction.vout)
    bytes += RecursiveDynamicUsage(output);
  return bytes;
}

template <class X>
std::size_t RecursiveDynamicUsage(const std::shared_ptr<X>& p) {
  return p ? DynamicUsage(p) + RecursiveDynamicUsage(*p) : 0;
}

template <block_like T>
std::size_t RecursiveDynamicUsage(const T& block) {
  std::size_t bytes = DynamicUsage(block.vtx);
  for (const auto& transaction : block.vtx)
    bytes += RecursiveDynamicUsage(transaction);
  return bytes;
}

template <locator_like T>
std::size_t RecursiveDynamicUsage(const T& locator) {
  return DynamicUsage(locator.vHave);
}

}  // namespace memusage
