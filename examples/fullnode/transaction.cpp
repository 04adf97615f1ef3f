#include "examples/fullnode/transaction.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "examples/fullnode/input_error.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::size_t least_input_bytes = 32 + 4 + 1 + 4;
constexpr std::size_t least_output_bytes = 8 + 1;

byte_string copy_of(std::span<const std::byte> bytes, node_allocator memory) {
  return {bytes.begin(), bytes.end(), memory};
}

void read_inputs(byte_reader& reader, transaction& into, node_allocator memory) {
  std::size_t count = reader.read_count(least_input_bytes, "the count of inputs");
  into.inputs.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    transaction_input& input = into.inputs.emplace_back();
    input.spends.transaction = reader.read_hash("an input's transaction id");
    input.spends.index = reader.read_number<std::uint32_t>("an input's output number");
    input.script = copy_of(reader.read_string("an input's script"), memory);
    input.sequence = reader.read_number<std::uint32_t>("an input's sequence number");
  }
}

void read_outputs(byte_reader& reader, transaction& into, node_allocator memory) {
  std::size_t count = reader.read_count(least_output_bytes, "the count of outputs");
  into.outputs.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    transaction_output& output = into.outputs.emplace_back();
    output.value =
        static_cast<std::int64_t>(reader.read_number<std::uint64_t>("an output's value"));
    output.script = copy_of(reader.read_string("an output's script"), memory);
  }
}

// Throws where no input has any: then the shorter form without witness was the one to use.
void read_witnesses(byte_reader& reader, transaction& into, node_allocator memory) {
  std::size_t start = reader.offset();
  bool is_superfluous = true;
  for (transaction_input& input : into.inputs) {
    std::size_t count = reader.read_count(1, "the count of witness items");
    input.witness.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      input.witness.push_back(copy_of(reader.read_string("a witness item"), memory));
    }
    if (count != 0) is_superfluous = false;
  }
  if (is_superfluous) throw format_error(start, "a transaction with witness marker has no witness");
}

}  // namespace

transaction_input::transaction_input(const transaction_input& other, allocator_type memory)
    : spends(other.spends),
      sequence(other.sequence),
      script(other.script, memory),
      witness(other.witness, memory) {}

transaction_input::transaction_input(transaction_input&& other, allocator_type memory)
    : spends(other.spends),
      sequence(other.sequence),
      script(std::move(other.script), memory),
      witness(std::move(other.witness), memory) {}

transaction_output::transaction_output(const transaction_output& other, allocator_type memory)
    : value(other.value), script(other.script, memory) {}

transaction_output::transaction_output(transaction_output&& other, allocator_type memory)
    : value(other.value), script(std::move(other.script), memory) {}

transaction::transaction(const transaction& other, allocator_type memory)
    : id(other.id),
      version(other.version),
      lock_time(other.lock_time),
      serialized_bytes(other.serialized_bytes),
      inputs(other.inputs, memory),
      outputs(other.outputs, memory) {}

transaction::transaction(transaction&& other, allocator_type memory)
    : id(other.id),
      version(other.version),
      lock_time(other.lock_time),
      serialized_bytes(other.serialized_bytes),
      inputs(std::move(other.inputs), memory),
      outputs(std::move(other.outputs), memory) {}

// without witness   version                inputs outputs           lock_time
// with witness      version marker=0 flag=1 inputs outputs witnesses lock_time
// The id is the hash of the first form in either case.
transaction read_transaction(byte_reader& reader, sha256& hasher, node_allocator memory) {
  transaction read(memory);
  std::size_t start = reader.position();
  read.version = reader.read_number<std::uint32_t>("a transaction's version");
  std::span<const std::byte> version = reader.since(start);

  std::size_t body_start = reader.position();
  std::size_t body_offset = reader.offset();
  read_inputs(reader, read, memory);
  bool has_witness = read.inputs.empty();
  if (has_witness) {
    // No inputs: what looked like their count is the marker.
    auto flag = reader.read_number<std::uint8_t>("a transaction's witness flag");
    if (flag != 1) {
      throw format_error(body_offset, fmt::format("a transaction has no inputs, or an unknown "
                                                  "witness flag {}",
                                                  flag));
    }
    body_start = reader.position();
    body_offset = reader.offset();
    read_inputs(reader, read, memory);
    if (read.inputs.empty()) throw format_error(body_offset, "a transaction has no inputs");
  }
  std::size_t outputs_offset = reader.offset();
  read_outputs(reader, read, memory);
  if (read.outputs.empty()) throw format_error(outputs_offset, "a transaction has no outputs");
  std::span<const std::byte> body = reader.since(body_start);
  if (has_witness) read_witnesses(reader, read, memory);

  std::size_t lock_time_start = reader.position();
  read.lock_time = reader.read_number<std::uint32_t>("a transaction's lock time");
  read.id = hasher.double_hash({version, body, reader.since(lock_time_start)});
  // No block file holds a record of 4 GiB, so no transaction has so many bytes.
  read.serialized_bytes = static_cast<std::uint32_t>(reader.position() - start);
  return read;
}

}  // namespace nearmem::fullnode
