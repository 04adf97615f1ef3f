#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "examples/fullnode/hash256.hpp"
#include "examples/fullnode/outpoint.hpp"

// NOLINTBEGIN(readability-identifier-naming): LevelDB's own names.
namespace leveldb {
class Cache;
class DB;
class FilterPolicy;
class Status;
class WriteBatch;
}  // namespace leveldb
// NOLINTEND(readability-identifier-naming)

namespace nearmem::fullnode {

// The node's database on disk, in LevelDB.
//
//   format            what the folder holds; another program's is refused
//   marker            up to where the coins below were flushed
//   c<outpoint>       a coin                        j<part>   changes that wait to be applied
//   t<id>             a transaction's entry         commit    they are complete, and must be
//
// A flush of coins is atomic however large: its changes are written in parts of a bounded size, and
// become valid, all together, with one synchronous record; then they are applied part by part, each
// in one batch with the removal of the part. Who opens the folder after a kill finishes what was
// committed and forgets what was not.
//
// LevelDB's own memory (its buffers, a cache of 1 MiB) is on the ordinary heap, of constant size;
// but merging tables leaves holes there, which glibc's malloc keeps, more and more of them. So a
// flush may trim that heap, where nothing else of the node's is on it.
//
// Thread rule: reading and adding entries by any thread; a flush by one at a time.
class node_database {
 public:
  // Up to where coins were flushed.
  struct marker {
    std::uint64_t flushes = 0;
    std::uint64_t changes = 0;  // transactions connected and disconnected until then
  };
  static constexpr std::size_t part_bytes = std::size_t{256} << 10;

  enum class heap { kept, trimmed };

  // Opens the folder, or makes it; a flush leaves malloc's heap so. Throws database_error: where it
  // is in use, cannot be written to, holds something else, or the disk is full.
  explicit node_database(std::string folder, heap after_flush = heap::kept);
  ~node_database();
  node_database(const node_database&) = delete;
  node_database& operator=(const node_database&) = delete;

  const std::string& folder() const noexcept { return folder_; }
  marker flushed() const noexcept { return marker_; }

  // What a coin was written as, or nothing. Throws database_error.
  std::optional<std::string> read_coin(const outpoint& point) const;
  std::optional<std::uint64_t> read_entry(const hash256& id) const;
  // Calls `visit` for every coin there is, as of the last flush. For audits.
  template <class Visit>
  void visit_coins(Visit visit) const {
    walk_coins([](void* call, const outpoint& point,
                  std::string_view coin) { (*static_cast<Visit*>(call))(point, coin); },
               &visit);
  }

  // A flush in the making: nothing of it counts before commit() has returned. Throws
  // database_error; the flush is void then, unless commit() had written its record.
  class coins_flush {
   public:
    explicit coins_flush(node_database& into) : into_(into) {}
    void write(const outpoint& point, std::string_view coin);
    void erase(const outpoint& point);
    // On disk, for good, when it returns.
    void commit(std::uint64_t changes);

   private:
    void add(char kind, const outpoint& point, std::string_view coin);
    void write_part();

    node_database& into_;
    std::string part_;
    std::uint32_t parts_ = 0;
  };

  // Several entries at once; on disk when sync() has returned. Throws database_error.
  class entry_batch {
   public:
    explicit entry_batch(node_database& into);
    ~entry_batch();
    void write(const hash256& id, std::uint64_t number);
    void sync();

   private:
    node_database& into_;
    std::unique_ptr<leveldb::WriteBatch> batch_;
  };

 private:
  void recover();
  void apply(std::uint32_t parts, const marker& reached);
  void require_format();
  void check(const leveldb::Status& status) const;
  std::optional<std::string> read(std::string_view key) const;
  void walk_coins(void (*visit)(void*, const outpoint&, std::string_view), void* call) const;

  std::string folder_;
  heap after_flush_;
  std::unique_ptr<leveldb::Cache> cache_;
  std::unique_ptr<const leveldb::FilterPolicy> filter_;
  std::unique_ptr<leveldb::DB> database_;
  marker marker_;
};

}  // namespace nearmem::fullnode
