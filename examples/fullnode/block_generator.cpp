#include "examples/fullnode/block_generator.hpp"

#include <algorithm>
#include <utility>

#include "examples/fullnode/block.hpp"
#include "examples/fullnode/merkle_root.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::uint64_t block_subsidy = 2'500'000'000;  // satoshi, at height 413,567
constexpr std::uint32_t first_block_time = 1'464'307'123;
constexpr std::uint32_t seconds_per_block = 600;
constexpr std::size_t coinbase_script_bytes = 100;
constexpr std::size_t paid_to_key_bytes = 25;
constexpr std::size_t paid_to_script_bytes = 23;

// Of a hundred inputs.
constexpr std::uint64_t of_same_block = 6;
constexpr std::uint64_t of_earlier_blocks = 34;

std::vector<std::byte> bytes_of(std::initializer_list<unsigned> values) {
  std::vector<std::byte> bytes;
  for (unsigned value : values)
    bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

}  // namespace

block_generator::block_generator(const generation& wanted)
    : wanted_(wanted), random_(wanted.seed) {}

std::optional<serialized_block> block_generator::next(node_allocator memory) {
  if (height_ == wanted_.count) return std::nullopt;
  body_.clear();
  ids_.clear();
  byte_writer body(body_);
  body.write_compact_size(wanted_.transactions_per_block);
  write_coinbase(body);
  for (std::uint64_t i = 1; i < wanted_.transactions_per_block; ++i)
    write_transaction(body);

  std::vector<std::byte> header_bytes;
  byte_writer header(header_bytes);
  header.write_number(std::uint32_t{4});
  header.write_hash(previous_);
  header.write_hash(merkle_root({ids_.begin(), ids_.end()}, hasher_).root);
  header.write_number(static_cast<std::uint32_t>(first_block_time + height_ * seconds_per_block));
  header.write_number(std::uint32_t{0x207f'ffff});
  header.write_number(std::uint32_t{0});
  previous_ = hasher_.double_hash({header_bytes});

  serialized_block made{byte_string(memory), "generated block " + std::to_string(height_), 0};
  made.bytes.reserve(header_bytes.size() + body_.size());
  made.bytes.insert(made.bytes.end(), header_bytes.begin(), header_bytes.end());
  made.bytes.insert(made.bytes.end(), body_.begin(), body_.end());

  earlier_.insert(earlier_.end(), same_block_.begin(), same_block_.end());
  same_block_.clear();
  if (earlier_.size() > wanted_.most_unspent) {
    const std::size_t oldest = earlier_.size() - wanted_.most_unspent;
    earlier_.erase(earlier_.begin(), earlier_.begin() + static_cast<std::ptrdiff_t>(oldest));
  }
  ++height_;
  return made;
}

void block_generator::write_coinbase(byte_writer& writer) {
  std::size_t start = body_.size();
  writer.write_number(std::uint32_t{1});
  writer.write_compact_size(1);
  writer.write_hash(no_outpoint.transaction);
  writer.write_number(no_outpoint.index);
  // The height comes first, so that no two coinbases have one id.
  writer.write_compact_size(coinbase_script_bytes);
  writer.write_number(std::uint8_t{sizeof height_});
  writer.write_number(height_);
  write_random(writer, coinbase_script_bytes - 1 - sizeof height_);
  writer.write_number(std::uint32_t{0xffff'ffff});
  writer.write_compact_size(1);
  write_output(writer, {{{}, 0}, block_subsidy}, paid_to_key_bytes);
  writer.write_number(std::uint32_t{0});
  finish_transaction(start);
}

void block_generator::write_transaction(byte_writer& writer) {
  transaction_shape shape = draw_shape(random_);
  std::size_t start = body_.size();
  writer.write_number(std::uint32_t{1});
  std::uint64_t value = write_inputs(writer, shape);
  // A fee of 1 to 100 satoshi for a byte, so far as there is so much.
  std::uint64_t fee = serialized_bytes(shape) * (1 + random_.below(100));
  std::uint64_t paid = value - std::min(value, fee);
  std::size_t outputs = shape.output_script_bytes.size();
  writer.write_compact_size(outputs);
  unspent output{{}, paid / outputs};
  for (std::size_t bytes : shape.output_script_bytes) {
    write_output(writer, output, bytes);
    ++output.point.index;
  }
  writer.write_number(std::uint32_t{0});
  finish_transaction(start);
}

std::uint64_t block_generator::write_inputs(byte_writer& writer, const transaction_shape& shape) {
  std::uint64_t value = 0;
  writer.write_compact_size(shape.input_script_bytes.size());
  for (std::size_t bytes : shape.input_script_bytes) {
    unspent coin = take_coin();
    value += coin.value;
    writer.write_hash(coin.point.transaction);
    writer.write_number(coin.point.index);
    writer.write_compact_size(bytes);
    write_random(writer, bytes);
    writer.write_number(std::uint32_t{0xffff'ffff});
  }
  return value;
}

void block_generator::write_output(byte_writer& writer, const unspent& output,
                                   std::size_t script_bytes) {
  constexpr std::size_t hash_bytes = 20;
  bool is_spendable = script_bytes == paid_to_key_bytes || script_bytes == paid_to_script_bytes;
  writer.write_number(is_spendable ? output.value : std::uint64_t{0});
  writer.write_compact_size(script_bytes);
  if (script_bytes == paid_to_key_bytes) {  // DUP HASH160 <hash> EQUALVERIFY CHECKSIG
    writer.write_bytes(bytes_of({0x76, 0xa9, hash_bytes}));
    write_random(writer, hash_bytes);
    writer.write_bytes(bytes_of({0x88, 0xac}));
  } else if (script_bytes == paid_to_script_bytes) {  // HASH160 <hash> EQUAL
    writer.write_bytes(bytes_of({0xa9, hash_bytes}));
    write_random(writer, hash_bytes);
    writer.write_bytes(bytes_of({0x87}));
  } else {  // RETURN <data>: nothing will spend it
    writer.write_bytes(bytes_of({0x6a, static_cast<unsigned>(script_bytes - 2)}));
    write_random(writer, script_bytes - 2);
  }
  if (is_spendable) transaction_.push_back(output);
}

void block_generator::write_random(byte_writer& writer, std::size_t bytes) {
  while (bytes >= sizeof(std::uint64_t)) {
    writer.write_number(random_.next());
    bytes -= sizeof(std::uint64_t);
  }
  for (; bytes > 0; --bytes)
    writer.write_number(static_cast<std::uint8_t>(random_.next() >> 56));
}

block_generator::unspent block_generator::take_coin() {
  std::uint64_t drawn = random_.below(100);
  std::vector<unspent>* from = nullptr;
  if (drawn < of_same_block) {
    from = &same_block_;
  } else if (drawn < of_same_block + of_earlier_blocks) {
    from = &earlier_;
  }
  if (from != nullptr && !from->empty()) {
    std::swap((*from)[random_.below(from->size())], from->back());
    unspent coin = from->back();
    from->pop_back();
    return coin;
  }
  unspent older{{}, random_.below(100'000'000)};
  for (std::byte& each : older.point.transaction.bytes) {
    each = static_cast<std::byte>(random_.next() >> 56);
  }
  older.point.index = static_cast<std::uint32_t>(random_.below(4));
  return older;
}

void block_generator::finish_transaction(std::size_t start) {
  hash256 id = hasher_.double_hash({std::span(body_).subspan(start)});
  ids_.push_back(id);
  for (unspent& output : transaction_) {
    output.point.transaction = id;
    same_block_.push_back(output);
  }
  transaction_.clear();
}

}  // namespace nearmem::fullnode
