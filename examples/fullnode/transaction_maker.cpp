#include "examples/fullnode/transaction_maker.hpp"

#include <algorithm>
#include <cstring>

#include "examples/fullnode/key_image.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::size_t noise_bytes = std::size_t{1} << 16;
constexpr std::size_t paid_to_key_bytes = 25;
constexpr std::size_t one_time_address_bytes = 64;

// Bytes of proofs and ring signatures, so that transactions come to about 4,000 and 1,500 bytes.
constexpr std::size_t private_proof_bytes = 3'700;
constexpr std::size_t minting_proof_bytes = 1'360;

}  // namespace

transaction_maker::transaction_maker(profile shape, std::uint64_t seed, wallet& coins)
    : profile_(shape), random_(seed), wallet_(coins), noise_(noise_bytes) {
  for (std::size_t at = 0; at < noise_bytes; at += sizeof(std::uint64_t)) {
    const std::uint64_t drawn = random_.next();
    std::memcpy(noise_.data() + at, &drawn, sizeof drawn);
  }
}

std::optional<std::span<const std::byte>> transaction_maker::make(const fees& paid) {
  spent_.clear();
  bytes_.clear();
  if (profile_ != profile::bitcoin) {
    write_private(paid);
    return bytes_;
  }
  transaction_shape shape = draw_shape(random_);
  wallet_.take(shape.input_script_bytes.size(), random_.next(), spent_);
  if (spent_.empty()) return std::nullopt;
  shape.input_script_bytes.resize(spent_.size());
  write_bitcoin(spent_.size(), shape, paid);
  return bytes_;
}

void transaction_maker::write_bitcoin(std::size_t inputs, const transaction_shape& shape,
                                      const fees& paid) {
  byte_writer writer(bytes_);
  writer.write_number(std::uint32_t{2});
  writer.write_compact_size(inputs);
  std::int64_t value = 0;
  for (std::size_t i = 0; i < inputs; ++i) {
    value += spent_[i].value;
    writer.write_hash(spent_[i].point.transaction);
    writer.write_number(spent_[i].point.index);
    writer.write_compact_size(shape.input_script_bytes[i]);
    write_noise(writer, shape.input_script_bytes[i]);
    writer.write_number(std::uint32_t{0xffff'ffff});
  }
  const std::uint64_t rate = paid.least + random_.below(paid.most - paid.least + 1);
  const auto fee = static_cast<std::int64_t>(serialized_bytes(shape) * rate);
  const std::size_t outputs = shape.output_script_bytes.size();
  const std::int64_t each =
      std::max<std::int64_t>(value - fee, 0) / static_cast<std::int64_t>(outputs);
  writer.write_compact_size(outputs);
  for (const std::size_t script_bytes : shape.output_script_bytes)
    write_output(writer, each, script_bytes);
  writer.write_number(std::uint32_t{0});
}

void transaction_maker::write_private(const fees& paid) {
  const bool is_private = profile_ == profile::priv;
  byte_writer writer(bytes_);
  writer.write_number(key_image_version);
  const std::size_t inputs = is_private ? 1 + random_.below(2) : 1;
  writer.write_compact_size(inputs);
  for (std::size_t i = 0; i < inputs; ++i) {
    hash256 image;
    for (std::size_t at = 0; at < image.bytes.size(); at += sizeof(std::uint64_t)) {
      const std::uint64_t drawn = random_.next();
      std::memcpy(image.bytes.data() + at, &drawn, sizeof drawn);
    }
    spent_.push_back({{image, key_image_index}, 0});
    writer.write_hash(image);
    writer.write_number(key_image_index);
    const std::size_t proof =
        (is_private ? private_proof_bytes : minting_proof_bytes) / inputs - (inputs - 1) * 50;
    writer.write_compact_size(proof);
    write_noise(writer, proof);
    writer.write_number(std::uint32_t{0xffff'ffff});
  }
  const std::size_t outputs = is_private ? 2 : 1;
  writer.write_compact_size(outputs + 1);
  for (std::size_t i = 0; i < outputs; ++i) {
    writer.write_number(std::uint64_t{0});  // amounts are hidden
    writer.write_compact_size(one_time_address_bytes);
    write_noise(writer, one_time_address_bytes);
  }
  const std::uint64_t rate = paid.least + random_.below(paid.most - paid.least + 1);
  constexpr std::size_t fee_and_lock_time_bytes = 8 + 1 + 4;
  writer.write_number(std::uint64_t{(bytes_.size() + fee_and_lock_time_bytes) * rate});
  writer.write_compact_size(0);  // it pays nobody
  writer.write_number(std::uint32_t{0});
}

std::span<const std::byte> transaction_maker::make_child(std::span<const std::byte> parent,
                                                         const fees& paid) {
  const hash256 id = hasher_.double_hash({parent});
  child_bytes_.clear();
  byte_writer writer(child_bytes_);
  writer.write_number(std::uint32_t{2});
  writer.write_compact_size(1);
  writer.write_hash(id);
  writer.write_number(std::uint32_t{0});
  constexpr std::size_t key_script_bytes = 106;
  writer.write_compact_size(key_script_bytes);
  write_noise(writer, key_script_bytes);
  writer.write_number(std::uint32_t{0xffff'ffff});
  writer.write_compact_size(1);
  // Its parent's output is worth some thousands at least: what it does not pay out is its fee.
  write_output(writer, static_cast<std::int64_t>(546 + paid.least), paid_to_key_bytes);
  writer.write_number(std::uint32_t{0});
  return child_bytes_;
}

// The last four bytes are the lock time: another one makes another transaction of it.
std::span<const std::byte> transaction_maker::make_conflict() {
  child_bytes_ = bytes_;
  child_bytes_.back() ^= std::byte{1};
  return child_bytes_;
}

void transaction_maker::give_back() {
  for (const wallet::owned_coin& each : spent_)
    wallet_.put(each);
  spent_.clear();
}

void transaction_maker::write_output(byte_writer& writer, std::int64_t value,
                                     std::size_t script_bytes) {
  const bool is_spendable = script_bytes <= paid_to_key_bytes;
  writer.write_number(is_spendable ? static_cast<std::uint64_t>(value) : std::uint64_t{0});
  writer.write_compact_size(script_bytes);
  writer.write_number(is_spendable ? std::uint8_t{0x76} : std::uint8_t{0x6a});
  write_noise(writer, script_bytes - 1);
}

void transaction_maker::write_noise(byte_writer& writer, std::size_t bytes) {
  if (bytes >= sizeof(std::uint64_t)) {
    writer.write_number(random_.next());
    bytes -= sizeof(std::uint64_t);
  }
  const std::size_t from = random_.below(noise_bytes - std::min(bytes, noise_bytes / 2));
  writer.write_bytes(std::span(noise_).subspan(from, bytes));
}

}  // namespace nearmem::fullnode
