#include "examples/fullnode/peer_buffers.hpp"

#include <nearmem/accounting/dynamic_usage.hpp>

#include "examples/fullnode/byte_reader.hpp"
#include "examples/fullnode/recursive_modelled_usage.hpp"

namespace nearmem::fullnode {

peer_buffers::peer_buffers(const component_options& options, std::size_t peers)
    : memory_(options, true) {
  for (std::size_t i = 0; i < peers; ++i)
    peers_.emplace_back(node_allocator(&memory_.resource()));
}

const transaction* peer_buffers::receive(std::size_t number, std::span<const std::byte> bytes,
                                         sha256& hasher) {
  peer& from = peers_[number];
  const std::lock_guard lock(from.mutex);
  try {
    from.inbox.assign(bytes.begin(), bytes.end());
    byte_reader reader(from.inbox);
    from.message.emplace(read_transaction(reader, hasher, from.inbox.get_allocator()));
    return &*from.message;
  } catch (const budget_exceeded&) {
    from.message.reset();
    return nullptr;
  }
}

void peer_buffers::done(std::size_t number, bool announce) {
  peer& from = peers_[number];
  const std::lock_guard lock(from.mutex);
  try {
    if (announce) {
      if (from.outbox.size() == most_announced) {
        from.told += from.outbox.size();
        from.outbox.clear();
      }
      if (from.outbox.capacity() == 0) from.outbox.reserve(most_announced);
      from.outbox.push_back(from.message->id);
    }
  } catch (const budget_exceeded&) {
    announce = false;  // the peer hears of it from another
  }
  from.message.reset();
  if (from.inbox.capacity() > kept_inbox_bytes)
    byte_string(from.inbox.get_allocator()).swap(from.inbox);
  from.inbox.clear();
}

component_sample peer_buffers::sample() const {
  component_sample seen = memory_.sample();
  for (const peer& each : peers_) {
    const std::lock_guard lock(each.mutex);
    seen.owned += dynamic_usage(each.inbox) + dynamic_usage(each.outbox);
    seen.modelled += modelled_usage(each.inbox) + modelled_usage(each.outbox);
    if (!each.message) continue;
    seen.owned += recursive_dynamic_usage(*each.message);
    seen.modelled += recursive_modelled_usage(*each.message);
  }
  seen.objects = peers_.size();
  return seen;
}

}  // namespace nearmem::fullnode
