#include "examples/fullnode/block_file.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "examples/fullnode/byte_writer.hpp"
#include "examples/fullnode/input_error.hpp"
#include "tests/examples/recording_resource.hpp"
#include "tests/examples/sample_blocks.hpp"
#include "tests/support/scratch_folder.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::uint32_t main_magic = 0xd9b4'bef9;

std::string as_text(const raw_bytes& content) {
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

// A file as a node stores it.
raw_bytes stored(const std::vector<raw_bytes>& records, std::size_t padding = 0) {
  raw_bytes written;
  byte_writer writer(written);
  for (const raw_bytes& each : records) {
    writer.write_number(main_magic);
    writer.write_number(static_cast<std::uint32_t>(each.size()));
    writer.write_bytes(each);
  }
  written.resize(written.size() + padding);
  return written;
}

class block_files_test : public testing::Test {
 protected:
  std::string write(const raw_bytes& content, const std::string& name = "blk00000.dat") {
    return folder.write(name, as_text(content));
  }

  // How many blocks a file holds.
  std::size_t count(const std::string& file) {
    block_file source(file);
    std::size_t blocks = 0;
    while (source.next(&memory))
      ++blocks;
    EXPECT_FALSE(source.next(&memory)) << "the end stays the end";
    return blocks;
  }

  // The end of the message about a file with this content.
  std::string refusal(const raw_bytes& content) {
    std::string file = write(content);
    try {
      count(file);
    } catch (const input_error& error) {
      return std::string(error.what()).substr(file.size() + 2);
    }
    return "accepted";
  }

  scratch_folder folder;
  recording_resource memory;
};

TEST_F(block_files_test, read_a_bare_block_whole) {
  block_file source(write(genesis_block()));
  auto first = source.next(&memory);
  ASSERT_TRUE(first);
  EXPECT_EQ(raw_bytes(first->bytes.begin(), first->bytes.end()), genesis_block());
  EXPECT_EQ(first->offset, 0u);
  EXPECT_FALSE(source.next(&memory));
}

TEST_F(block_files_test, read_every_record_up_to_the_padding) {
  raw_bytes genesis = genesis_block();
  for (std::size_t padding : {0u, 1u, 3u, 4u, 7u, 8u, 4095u, 4096u, 100'000u}) {
    EXPECT_EQ(count(write(stored({genesis, genesis, genesis}, padding))), 3u) << padding;
  }
  block_file source(write(stored({genesis, genesis})));
  EXPECT_EQ(source.next(&memory)->offset, 8u);
  EXPECT_EQ(source.next(&memory)->offset, 8u + 285u + 8u);
}

TEST_F(block_files_test, read_every_network) {
  for (const char* magic : {"f9beb4d9", "0b110907", "1c163f28", "0a03cf40", "fabfb5da"}) {
    raw_bytes content = stored({genesis_block()});
    raw_bytes begin = from_hex(magic);
    std::copy(begin.begin(), begin.end(), content.begin());
    EXPECT_EQ(count(write(content)), 1u) << magic;
  }
}

TEST_F(block_files_test, keep_one_block_in_memory_at_a_time) {
  std::vector<raw_bytes> records(50, genesis_block());
  block_file source(write(stored(records)));
  while (source.next(&memory))
    EXPECT_EQ(memory.usage().blocks, 0u);
  EXPECT_EQ(memory.largest_request(), 285u);
}

TEST_F(block_files_test, refuse_bytes_after_the_last_block) {
  raw_bytes content = stored({genesis_block()}, 5000);
  content[4800] = std::byte{1};
  EXPECT_EQ(refusal(content),
            "at byte 4800: bytes after the last block, which are neither a record nor padding");
  raw_bytes other_network = stored({genesis_block()});
  raw_bytes second = from_hex("fabfb5da");
  other_network.insert(other_network.end(), second.begin(), second.end());
  EXPECT_EQ(refusal(other_network).rfind("at byte 293: ", 0), 0u);
}

TEST_F(block_files_test, refuse_lengths_beyond_the_file_before_allocating) {
  raw_bytes content = stored({genesis_block()});
  content[4 + 1] = std::byte{2};
  EXPECT_EQ(refusal(content),
            "at byte 4: cut in the middle: a block claims 541 bytes, 285 are left");
  content[4 + 3] = std::byte{0xff};
  EXPECT_EQ(refusal(content),
            "at byte 4: a block claims 4278190621 bytes, and no block has more than 4000000");
  EXPECT_LE(memory.largest_request(), 285u);
}

TEST_F(block_files_test, refuse_a_file_cut_anywhere_but_between_records) {
  raw_bytes whole = stored({genesis_block(), genesis_block()});
  for (std::size_t size = 294; size < whole.size(); size += 3) {
    raw_bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(refusal(cut).rfind("at byte 29", 0), 0u) << size;
  }
}

TEST_F(block_files_test, refuse_a_file_that_is_too_large_for_a_bare_block) {
  EXPECT_EQ(
      refusal(raw_bytes(block_file::most_block_bytes + 1)),
      "at byte 0: begins with no network's magic, and 4000001 bytes are too many for one block");
}

TEST_F(block_files_test, follow_one_another_in_the_order_given) {
  std::string a = write(stored({genesis_block(), genesis_block()}, 100), "a");
  std::string b = write(genesis_block(), "b");
  block_files source({b, a, b});
  std::vector<std::string> seen;
  while (auto next = source.next(&memory))
    seen.push_back(next->file);
  EXPECT_EQ(seen, (std::vector<std::string>{b, a, a, b}));
}

TEST_F(block_files_test, are_all_looked_at_before_work_begins) {
  std::string there = write(genesis_block());
  EXPECT_THROW(block_files({there, folder.path("missing")}), input_error);
}

}  // namespace
}  // namespace nearmem::fullnode
