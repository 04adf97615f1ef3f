#include "examples/fullnode/node_database.hpp"

#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>
#include <malloc.h>

#include "examples/fullnode/database_error.hpp"
#include "examples/fullnode/reading_environment.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::string_view format_key = "format";
constexpr std::string_view format_name = "nearmem-fullnode-1";
constexpr std::string_view marker_key = "marker";
constexpr std::string_view commit_key = "commit";
constexpr std::size_t cache_bytes = std::size_t{1} << 20;
constexpr std::size_t write_buffer_bytes = std::size_t{2} << 20;
constexpr char change_write = 'w';
constexpr char change_erase = 'e';

leveldb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}
std::string_view view(const leveldb::Slice& text) {
  return {text.data(), text.size()};
}

template <class Number>
void put(std::string& into, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) {
    into.push_back(
        static_cast<char>(static_cast<unsigned char>(number >> (8 * (sizeof number - 1 - i)))));
  }
}
// The number at the front of `from`, which loses it; 0 where it is too short.
template <class Number>
Number take(std::string_view& from) {
  Number number = 0;
  if (from.size() < sizeof number) return number;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    number = static_cast<Number>((number << 8) | static_cast<unsigned char>(from[i]));
  }
  from.remove_prefix(sizeof number);
  return number;
}

void put(std::string& into, const hash256& hash) {
  into.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
}
std::string coin_key(const outpoint& point) {
  std::string key = "c";
  put(key, point.transaction);
  put(key, point.index);
  return key;
}
constexpr std::size_t coin_key_bytes = 1 + 32 + 4;
outpoint point_of(std::string_view key) {
  outpoint point;
  std::memcpy(point.transaction.bytes.data(), key.data() + 1, point.transaction.bytes.size());
  key.remove_prefix(1 + point.transaction.bytes.size());
  point.index = take<std::uint32_t>(key);
  return point;
}
std::string part_key(std::uint32_t part) {
  std::string key = "j";
  put(key, part);
  return key;
}

leveldb::WriteOptions synchronous() {
  leveldb::WriteOptions options;
  options.sync = true;
  return options;
}

// A coin that the disk has changed must not be taken for the one that was written.
leveldb::ReadOptions verified() {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

// Has malloc give free pages back, where it can.
void trim_heap() noexcept {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

}  // namespace

node_database::node_database(std::string folder, heap after_flush)
    : folder_(std::move(folder)), after_flush_(after_flush) {
  namespace fs = std::filesystem;
  std::error_code error;
  const bool is_there = fs::exists(folder_, error);
  if (is_there && !fs::is_directory(folder_, error)) {
    throw database_error(folder_ + ": is no folder");
  }
  const bool is_new = !is_there || (fs::is_empty(folder_, error) && !error);
  if (!is_new && !fs::exists(fs::path(folder_) / "CURRENT", error)) {
    throw database_error(folder_ + ": holds files, but no database of this command");
  }
  if (is_new) fs::create_directories(folder_, error);
  if (is_new && error) throw database_error(folder_ + ": cannot be made: " + error.message());
  cache_.reset(leveldb::NewLRUCache(cache_bytes));
  filter_.reset(leveldb::NewBloomFilterPolicy(10));
  leveldb::Options options;
  options.create_if_missing = is_new;
  options.env = reading_environment();
  options.block_cache = cache_.get();
  options.filter_policy = filter_.get();
  options.max_open_files = 64;
  options.write_buffer_size = write_buffer_bytes;
  options.paranoid_checks = true;  // so that a merge of tables drops nothing that it cannot read
  options.compression = leveldb::kNoCompression;  // of hashes it wins nothing: as in Bitcoin Core
  leveldb::DB* opened = nullptr;
  check(leveldb::DB::Open(options, folder_, &opened));
  database_.reset(opened);
  if (is_new) {
    check(database_->Put(synchronous(), slice(format_key), slice(format_name)));
  } else {
    require_format();
  }
  recover();
}

node_database::~node_database() = default;

void node_database::require_format() {
  const std::optional<std::string> format = read(format_key);
  if (format == format_name) return;
  if (format) throw database_error(fmt::format("{}: is of another format, '{}'", folder_, *format));
  // Killed before its first record, or somebody else's.
  const std::unique_ptr<leveldb::Iterator> all(database_->NewIterator(verified()));
  all->SeekToFirst();
  if (all->Valid()) throw database_error(folder_ + ": is another program's database");
  check(all->status());
  check(database_->Put(synchronous(), slice(format_key), slice(format_name)));
}

void node_database::recover() {
  if (const std::optional<std::string> text = read(marker_key)) {
    std::string_view rest = *text;
    marker_.flushes = take<std::uint64_t>(rest);
    marker_.changes = take<std::uint64_t>(rest);
  }
  if (const std::optional<std::string> text = read(commit_key)) {
    std::string_view rest = *text;
    marker reached;
    reached.flushes = take<std::uint64_t>(rest);
    reached.changes = take<std::uint64_t>(rest);
    apply(take<std::uint32_t>(rest), reached);
    return;
  }
  const std::unique_ptr<leveldb::Iterator> at(database_->NewIterator(verified()));
  for (at->Seek("j"); at->Valid() && view(at->key()).starts_with('j'); at->Next())
    check(database_->Delete({}, at->key()));
  check(at->status());
}

// Parts that are gone were applied before a kill.
void node_database::apply(std::uint32_t parts, const marker& reached) {
  for (std::uint32_t part = 0; part < parts; ++part) {
    const std::string key = part_key(part);
    const std::optional<std::string> text = read(key);
    if (!text) continue;
    leveldb::WriteBatch batch;
    std::string_view rest = *text;
    while (rest.size() >= 1 + coin_key_bytes + sizeof(std::uint32_t)) {
      const char kind = rest.front();
      const std::string_view coin = rest.substr(1, coin_key_bytes);
      rest.remove_prefix(1 + coin_key_bytes);
      const auto bytes = take<std::uint32_t>(rest);
      if (kind == change_write) {
        batch.Put(slice(coin), slice(rest.substr(0, bytes)));
      } else {
        batch.Delete(slice(coin));
      }
      rest.remove_prefix(std::min<std::size_t>(bytes, rest.size()));
    }
    batch.Delete(slice(key));
    check(database_->Write({}, &batch));
  }
  std::string text;
  put(text, reached.flushes);
  put(text, reached.changes);
  leveldb::WriteBatch last;
  last.Put(slice(marker_key), slice(text));
  last.Delete(slice(commit_key));
  check(database_->Write(synchronous(), &last));
  marker_ = reached;
}

void node_database::coins_flush::write(const outpoint& point, std::string_view coin) {
  add(change_write, point, coin);
}

void node_database::coins_flush::erase(const outpoint& point) {
  add(change_erase, point, {});
}

void node_database::coins_flush::add(char kind, const outpoint& point, std::string_view coin) {
  part_.push_back(kind);
  part_ += coin_key(point);
  put(part_, static_cast<std::uint32_t>(coin.size()));
  part_ += coin;
  if (part_.size() >= part_bytes) write_part();
}

void node_database::coins_flush::write_part() {
  into_.check(into_.database_->Put({}, slice(part_key(parts_)), slice(part_)));
  ++parts_;
  part_.clear();
}

void node_database::coins_flush::commit(std::uint64_t changes) {
  if (!part_.empty()) write_part();
  const marker reached{into_.marker_.flushes + 1, changes};
  std::string text;
  put(text, reached.flushes);
  put(text, reached.changes);
  put(text, parts_);
  into_.check(into_.database_->Put(synchronous(), slice(commit_key), slice(text)));
  into_.apply(parts_, reached);
  if (into_.after_flush_ == heap::trimmed) trim_heap();
}

node_database::entry_batch::entry_batch(node_database& into)
    : into_(into), batch_(std::make_unique<leveldb::WriteBatch>()) {}

node_database::entry_batch::~entry_batch() = default;

void node_database::entry_batch::write(const hash256& id, std::uint64_t number) {
  std::string key = "t";
  put(key, id);
  std::string text;
  put(text, number);
  batch_->Put(slice(key), slice(text));
  if (batch_->ApproximateSize() < part_bytes) return;
  into_.check(into_.database_->Write({}, batch_.get()));
  batch_->Clear();
}

void node_database::entry_batch::sync() {
  into_.check(into_.database_->Write(synchronous(), batch_.get()));
  batch_->Clear();
}

std::optional<std::string> node_database::read_coin(const outpoint& point) const {
  return read(coin_key(point));
}

std::optional<std::uint64_t> node_database::read_entry(const hash256& id) const {
  std::string key = "t";
  put(key, id);
  const std::optional<std::string> text = read(key);
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  return take<std::uint64_t>(rest);
}

std::optional<std::string> node_database::read(std::string_view key) const {
  std::string found;
  const leveldb::Status status = database_->Get(verified(), slice(key), &found);
  if (status.IsNotFound()) return std::nullopt;
  check(status);
  return found;
}

void node_database::walk_coins(void (*visit)(void*, const outpoint&, std::string_view),
                               void* call) const {
  const std::unique_ptr<leveldb::Iterator> at(database_->NewIterator(verified()));
  for (at->Seek("c"); at->Valid(); at->Next()) {
    // "commit" begins with the same letter, and is shorter.
    if (!view(at->key()).starts_with('c')) break;
    if (at->key().size() == coin_key_bytes)
      visit(call, point_of(view(at->key())), view(at->value()));
  }
  check(at->status());
}

// LevelDB's own words, which name the file and the reason; a lock's reason is not clear by itself.
void node_database::check(const leveldb::Status& status) const {
  if (status.ok()) return;
  const std::string said = status.ToString();
  if (said.find("lock") != std::string::npos) {
    throw database_error(folder_ + ": is in use by another process (" + said + ")");
  }
  throw database_error(folder_ + ": " + said);
}

}  // namespace nearmem::fullnode
