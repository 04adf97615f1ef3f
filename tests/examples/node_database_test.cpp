#include "examples/fullnode/node_database.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <leveldb/db.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples/fullnode/database_error.hpp"
#include "tests/support/scratch_folder.hpp"

namespace nearmem::fullnode {
namespace {

outpoint coin_number(std::uint32_t number) {
  return {hash256{{std::byte{3}}}, number};
}

std::map<std::uint32_t, std::string> coins_in(const node_database& database) {
  std::map<std::uint32_t, std::string> all;
  database.visit_coins(
      [&](const outpoint& point, std::string_view coin) { all[point.index] = std::string(coin); });
  return all;
}

std::string said_of_opening(const std::string& folder) {
  try {
    const node_database database(folder);
  } catch (const database_error& error) {
    return error.what();
  }
  return "nothing";
}

TEST(node_database, keeps_what_was_flushed) {
  const scratch_folder folder;
  {
    node_database database(folder.path("node"));
    EXPECT_EQ(database.flushed().flushes, 0u);
    node_database::coins_flush first(database);
    for (std::uint32_t i = 0; i < 5'000; ++i)
      first.write(coin_number(i), std::string(200, 'a'));
    EXPECT_FALSE(database.read_coin(coin_number(1))) << "nothing counts before commit()";
    first.commit(17);
    node_database::coins_flush second(database);
    second.erase(coin_number(3));
    second.write(coin_number(4), "b");
    second.commit(19);
    node_database::entry_batch entries(database);
    entries.write(hash256{{std::byte{1}}}, 77);
    entries.sync();
  }
  const node_database again(folder.path("node"));
  EXPECT_EQ(again.flushed().flushes, 2u);
  EXPECT_EQ(again.flushed().changes, 19u);
  EXPECT_FALSE(again.read_coin(coin_number(3)));
  EXPECT_EQ(again.read_coin(coin_number(4)), "b");
  EXPECT_EQ(again.read_entry(hash256{{std::byte{1}}}), 77u);
  EXPECT_FALSE(again.read_entry(hash256{{std::byte{2}}}));
  EXPECT_EQ(coins_in(again).size(), 4'999u);
}

// Pages of freed blocks that are still in memory after a flush, in percent. Every tenth block stays
// in use, so that malloc cannot give the heap's end back.
std::size_t holes_after_flush(node_database::heap after_flush) {
  constexpr std::size_t block_bytes = 32 << 10;
  constexpr std::size_t page_bytes = 4 << 10;
  const scratch_folder folder;
  node_database database(folder.path("node"), after_flush);
  std::array<char*, 180> blocks;
  for (char*& block : blocks) {
    block = static_cast<char*>(std::malloc(block_bytes));
    std::fill_n(block, block_bytes, 'x');
  }
  std::vector<std::uintptr_t> pages;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (i % 10 == 9) continue;
    const auto begin = reinterpret_cast<std::uintptr_t>(blocks[i]);
    for (std::size_t page = 1; page < block_bytes / page_bytes; ++page)
      pages.push_back((begin + page * page_bytes) / page_bytes * page_bytes);
    std::free(blocks[i]);
  }
  node_database::coins_flush flush(database);
  flush.write(coin_number(1), "a");
  flush.commit(1);
  std::size_t resident = 0;
  for (const std::uintptr_t page : pages) {
    unsigned char is_resident = 0;
    // It fails where the page is gone altogether.
    const int failed = mincore(reinterpret_cast<void*>(page), page_bytes, &is_resident);
    resident += failed == 0 ? is_resident & 1u : 0;
  }
  for (std::size_t i = 9; i < blocks.size(); i += 10)
    std::free(blocks[i]);
  return resident * 100 / pages.size();
}

TEST(node_database, trims_mallocs_heap_after_a_flush_if_it_is_to) {
#if !defined(__GLIBC__)
  GTEST_SKIP() << "only glibc's malloc can be told to";
#else
  if (mallinfo2().arena == 0) GTEST_SKIP() << "malloc is not glibc's here";
  EXPECT_GE(holes_after_flush(node_database::heap::kept), 50u);
  EXPECT_LE(holes_after_flush(node_database::heap::trimmed), 25u);
#endif
}

constexpr std::uint32_t flushed_coins = 4'000;  // about a megabyte: four parts
constexpr const char* victim_folder = "NEARMEM_TEST_VICTIM_FOLDER";

std::string coin_of_flush(std::uint64_t number) {
  return std::string(250, static_cast<char>('a' + number % 26));
}

// Not a test of its own, but the process that the next one kills: it flushes without end and tells,
// on standard output, which flush was reported as done. A process made by fork() alone has none of
// the threads that LevelDB may have started before.
TEST(node_database, flushes_until_it_is_killed) {
  const char* folder = std::getenv(victim_folder);
  if (folder == nullptr) GTEST_SKIP() << "run by loses_nothing_that_was_flushed_before_a_kill";
  node_database database(folder);
  for (std::uint64_t number = database.flushed().flushes + 1;; ++number) {
    node_database::coins_flush flush(database);
    for (std::uint32_t i = 0; i < flushed_coins; ++i)
      flush.write(coin_number(i), coin_of_flush(number));
    flush.commit(number);
    const std::string told = "flushed " + std::to_string(number) + "\n";
    if (::write(STDOUT_FILENO, told.data(), told.size()) < 0) std::_Exit(1);
  }
}

// The last flush that the process told of, once it was killed a while after its `flushes`th.
std::uint64_t last_told_before_kill(const std::string& folder, int flushes, int wait_microseconds) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    ::setenv(victim_folder, folder.c_str(), 1);
    std::string filter = "--gtest_filter=node_database.flushes_until_it_is_killed";
    std::array<char*, 3> arguments{program_invocation_name, filter.data(), nullptr};
    ::execvp(program_invocation_name, arguments.data());
    std::_Exit(127);
  }
  ::close(pipe[1]);
  std::FILE* output = ::fdopen(pipe[0], "r");
  std::array<char, 256> line{};
  std::uint64_t told = 0;
  int seen = 0;
  while (std::fgets(line.data(), line.size(), output) != nullptr) {
    unsigned long long number = 0;
    if (std::sscanf(line.data(), "flushed %llu", &number) != 1) continue;
    told = number;
    if (++seen != flushes) continue;
    ::usleep(static_cast<useconds_t>(wait_microseconds));
    ::kill(child, SIGKILL);
  }
  std::fclose(output);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  return told;
}

// It dies most often within a flush of several parts. What it told is there, and nothing of the
// flush after it, or all of it.
TEST(node_database, loses_nothing_that_was_flushed_before_a_kill) {
  const scratch_folder folder;
  for (int round = 0; round < 8; ++round) {
    const std::uint64_t told =
        last_told_before_kill(folder.path("node"), 1 + round % 3, 1'500 * round);
    const node_database again(folder.path("node"));
    const std::uint64_t flushed = again.flushed().flushes;
    EXPECT_GE(flushed, told);
    EXPECT_LE(flushed, told + 1);
    EXPECT_EQ(again.flushed().changes, flushed);
    const auto all = coins_in(again);
    ASSERT_EQ(all.size(), flushed_coins);
    for (const auto& [number, coin] : all)
      ASSERT_EQ(coin, coin_of_flush(flushed)) << number << " is of another flush";
    EXPECT_GE(flushed, static_cast<std::uint64_t>(round) + 1);
  }
}

// A folder as LevelDB itself sees it.
std::unique_ptr<leveldb::DB> opened_below(const std::string& folder) {
  leveldb::Options options;
  options.create_if_missing = true;
  leveldb::DB* opened = nullptr;
  EXPECT_TRUE(leveldb::DB::Open(options, folder, &opened).ok()) << folder;
  return std::unique_ptr<leveldb::DB>(opened);
}

// Parts of a flush that wait there.
std::uint32_t parts_in(leveldb::DB& database) {
  std::uint32_t count = 0;
  const std::unique_ptr<leveldb::Iterator> at(database.NewIterator({}));
  for (at->Seek("j"); at->Valid() && at->key().starts_with("j"); at->Next())
    ++count;
  return count;
}

std::string big_endian(std::uint64_t number, std::size_t bytes) {
  std::string made;
  for (std::size_t i = bytes; i > 0; --i)
    made += static_cast<char>((number >> (8 * (i - 1))) & 0xff);
  return made;
}

// What lies in the folder at an instant is what a process that is killed then leaves.
TEST(node_database, forgets_a_flush_that_was_killed_and_finishes_one_that_was_committed) {
  const scratch_folder folder;
  const std::string killed = folder.path("killed");
  const std::string committed = folder.path("committed");
  {
    node_database database(folder.path("node"));
    node_database::coins_flush first(database);
    for (std::uint32_t i = 0; i < 5'000; ++i)
      first.write(coin_number(i), "old");
    first.commit(1);
    node_database::coins_flush second(database);
    for (std::uint32_t i = 0; i < 5'000; ++i)
      second.write(coin_number(i), std::string(250, 'n'));
    std::filesystem::copy(folder.path("node"), killed);
    std::filesystem::copy(folder.path("node"), committed);
  }
  std::uint32_t parts = 0;
  {
    const auto below = opened_below(committed);
    parts = parts_in(*below);
    ASSERT_GT(parts, 3u);
    const std::string record = big_endian(2, 8) + big_endian(2, 8) + big_endian(parts, 4);
    ASSERT_TRUE(below->Put({}, "commit", record).ok());
  }
  {
    const node_database again(killed);
    EXPECT_EQ(again.flushed().flushes, 1u);
    const auto coins = coins_in(again);
    EXPECT_EQ(coins.size(), 5'000u);
    for (const auto& [number, coin] : coins)
      ASSERT_EQ(coin, "old") << number;
  }
  EXPECT_EQ(parts_in(*opened_below(killed)), 0u);
  {
    const node_database again(committed);
    EXPECT_EQ(again.flushed().flushes, 2u);
    EXPECT_EQ(again.flushed().changes, 2u);
    std::size_t written = 0;
    for (const auto& [number, coin] : coins_in(again))
      written += coin != "old";
    EXPECT_GE(written * 300, parts * node_database::part_bytes) << "all of all parts";
  }
  const auto below = opened_below(committed);
  std::string left;
  EXPECT_EQ(parts_in(*below), 0u);
  EXPECT_TRUE(below->Get({}, "commit", &left).IsNotFound());
}

TEST(node_database, does_not_take_for_a_coin_what_a_disk_has_changed) {
  const scratch_folder folder;
  const std::string data = folder.path("node");
  {
    node_database database(data);
    node_database::coins_flush flush(database);
    for (std::uint32_t i = 0; i < 20'000; ++i)
      flush.write(coin_number(i), std::string(300, 'a'));
    flush.commit(1);
  }
  {
    const node_database logs_become_tables(data);
  }
  std::size_t changed = 0;
  for (const auto& each : std::filesystem::directory_iterator(data)) {
    if (each.path().extension() != ".ldb") continue;
    std::fstream table(each.path(), std::ios::in | std::ios::out | std::ios::binary);
    table.seekp(static_cast<std::streamoff>(std::filesystem::file_size(each.path()) / 2));
    table.write("changed!", 8);
    ++changed;
  }
  ASSERT_GT(changed, 0u);
  EXPECT_THROW(
      {
        const node_database database(data);
        coins_in(database);
      },
      database_error);
}

TEST(node_database, says_why_a_folder_cannot_be_made) {
  const scratch_folder folder;
  const std::string below_a_file = folder.write("file", "text") + "/node";
  EXPECT_EQ(said_of_opening(below_a_file), below_a_file + ": cannot be made: Not a directory");
}

TEST(node_database, refuses_what_is_no_database_of_its_own) {
  const scratch_folder folder;
  const std::string file = folder.write("file", "text");
  EXPECT_EQ(said_of_opening(file), file + ": is no folder");
  const std::string full = folder.path("full");
  std::filesystem::create_directory(full);
  folder.write("full/letter", "text");
  EXPECT_EQ(said_of_opening(full), full + ": holds files, but no database of this command");
  folder.write("full/CURRENT", "nonsense");
  EXPECT_EQ(said_of_opening(full).rfind(full + ": ", 0), 0u);
  EXPECT_TRUE(std::filesystem::exists(full + "/letter")) << "nothing is lost";
  EXPECT_EQ(said_of_opening(file + "/node").rfind(file + "/node: ", 0), 0u) << "no folder's";
}

TEST(node_database, leaves_databases_of_another_format_as_they_are) {
  const scratch_folder folder;
  const std::string other = folder.path("other");
  ASSERT_TRUE(opened_below(other)->Put({}, "best block", "000000").ok());
  EXPECT_EQ(said_of_opening(other), other + ": is another program's database");
  const std::string later = folder.path("later");
  ASSERT_TRUE(opened_below(later)->Put({}, "format", "nearmem-fullnode-2").ok());
  EXPECT_EQ(said_of_opening(later), later + ": is of another format, 'nearmem-fullnode-2'");
  const auto database = opened_below(other);
  std::string value;
  EXPECT_TRUE(database->Get({}, "best block", &value).ok()) << "nothing is lost";
  EXPECT_EQ(value, "000000");
  EXPECT_TRUE(database->Get({}, "marker", &value).IsNotFound()) << "and nothing written";
}

TEST(node_database, says_who_is_in_the_way) {
  const scratch_folder folder;
  const node_database first(folder.path("node"));
  EXPECT_EQ(said_of_opening(folder.path("node"))
                .rfind(folder.path("node") + ": is in use by another process", 0),
            0u);
}

}  // namespace
}  // namespace nearmem::fullnode
