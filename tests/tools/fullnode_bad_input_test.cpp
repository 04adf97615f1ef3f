#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "examples/fullnode/block_generator.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/tools/command_run.hpp"

namespace nearmem {
namespace {

// A valid block of three transactions.
std::string small_block(std::uint64_t seed = 1) {
  fullnode::block_generator generator({seed, 1, 3});
  auto made = generator.next({});
  return {reinterpret_cast<const char*>(made->bytes.data()), made->bytes.size()};
}

// The same as a node stores it.
std::string record(const std::string& block) {
  std::string stored("\xf9\xbe\xb4\xd9", 4);
  for (unsigned shift : {0u, 8u, 16u, 24u}) {
    stored += static_cast<char>((block.size() >> shift) & 0xff);
  }
  return stored + block;
}

std::string replaced(std::string text, std::size_t at, const std::string& by) {
  return text.replace(at, by.size(), by);
}

void expect_refusal(const command_run& run, const std::string& what, const std::string& begin) {
  EXPECT_EQ(run.status, 2) << what;
  EXPECT_EQ(run.output, "") << what;
  EXPECT_TRUE(is_one_line(run.error)) << what << ": " << run.error;
  EXPECT_EQ(run.error.rfind(begin, 0), 0u) << what << ": " << run.error;
}

class bad_input : public testing::Test {
 protected:
  // Runs the command on a file with this content, which it must refuse, naming file and offset.
  // Returns the rest of what it says.
  std::string refusal(const std::string& content, const std::string& what) {
    std::string file = folder.write("blocks", content);
    command_run run = run_command({"fullnode", "--blocks", file});
    std::string begin = "nearmem: " + file + ": at byte ";
    expect_refusal(run, what, begin);
    return run.error.substr(std::min(begin.size(), run.error.size()));
  }

  scratch_folder folder;
};

TEST_F(bad_input, names_the_offset_and_what_is_wrong) {
  const std::string block = small_block();
  const std::string huge_length("\xff\0\0\0\0\0\0\0\x80", 9);
  const std::string root_of_nothing(32, '\0');
  struct bad_content {
    const char* what;
    std::string content;
    const char* said;
  };
  const std::vector<bad_content> cases = {
      {"empty", "", "0: the file is empty\n"},
      {"2^63 transactions", replaced(block, 80, huge_length),
       "80: the count of transactions claims a length of 9223372036854775808"},
      {"2^63 inputs", replaced(block, 85, huge_length),
       "85: the count of inputs claims a length of 9223372036854775808"},
      {"2^63 bytes of script", replaced(block, 122, huge_length),
       "122: an input's script claims a length of 9223372036854775808"},
      {"wrong root", replaced(block, 36, root_of_nothing), "36: wrong Merkle root"},
      {"changed transaction", replaced(block, 130, "x"), "36: wrong Merkle root"},
      {"bytes after a bare block", block + "x", ""},
      {"bytes after the last record", record(block) + std::string(9, '\0') + "x", ""},
      {"a record that claims 2^32 - 1 bytes", replaced(record(block), 4, "\xff\xff\xff\xff"),
       "4: a block claims 4294967295 bytes, and no block has more than 4000000\n"},
      {"a record that claims a byte too many", record(block).substr(0, 8 + block.size() - 1),
       "4: cut in the middle: "},
      {"a record of nothing", record(""), "8: cut in the middle: "},
      {"nothing but zeros", std::string(300, '\0'), "80: a block has no transactions\n"},
      {"text",
       "This is no block, but a text that goes on for long enough to hold a header, and "
       "then some more of it.",
       ""},
      {"a bad block after a good one", record(block) + record(replaced(block, 130, "x")), ""},
  };
  for (const bad_content& each : cases) {
    std::string said = refusal(each.content, each.what);
    EXPECT_EQ(said.rfind(each.said, 0), 0u) << each.what << ": " << said;
  }
}

TEST_F(bad_input, is_refused_wherever_a_bare_block_is_cut) {
  const std::string block = small_block();
  for (std::size_t size = 1; size < block.size(); size += 31) {
    refusal(block.substr(0, size), "cut at " + std::to_string(size));
  }
}

TEST_F(bad_input, is_refused_wherever_a_stored_block_is_cut) {
  const std::string stored = record(small_block(1)) + record(small_block(2));
  const std::size_t first = record(small_block(1)).size();
  for (std::size_t size = first + 1; size < stored.size(); size += 31) {
    refusal(stored.substr(0, size), "cut at " + std::to_string(size));
  }
}

// Any byte may be any other: whatever the command makes of it, it does not crash, and where it
// refuses it says so in one line.
TEST_F(bad_input, is_never_fatal_whichever_byte_is_wrong) {
  const std::string block = small_block();
  for (std::size_t at = 0; at < block.size(); at += 29) {
    for (char value : {'\xff', '\0'}) {
      if (block[at] == value) continue;
      std::string file = folder.write("blocks", replaced(block, at, std::string(1, value)));
      command_run run = run_command({"fullnode", "--blocks", file});
      EXPECT_TRUE(run.status == 2 || (run.status == 0 && at < 80)) << at << ": " << run.error;
      EXPECT_EQ(is_one_line(run.error), run.status != 0) << at << ": " << run.error;
    }
  }
}

TEST_F(bad_input, is_refused_where_a_file_is_no_regular_file) {
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  for (const std::string& file :
       {folder.path("missing"), folder.path("pipe"), folder.path("."), std::string("/dev/zero"),
        std::string("/dev/null"), folder.path("no/such/folder"), folder.path("new\nline")}) {
    expect_refusal(run_command({"fullnode", "--blocks", file}), file, "nearmem: ");
  }
  std::string good = folder.write("good", small_block());
  expect_refusal(run_command({"fullnode", "--blocks", good, folder.path("missing")}),
                 "a missing second file", "nearmem: " + folder.path("missing") + ": at byte 0: ");
  expect_refusal(run_command({"fullnode", "--blocks", good + "/"}), "a file as a folder",
                 "nearmem: " + good + "/: at byte 0: ");
}

TEST_F(bad_input, is_refused_where_the_file_must_not_be_read) {
  std::string file = folder.write("secret", small_block());
  ASSERT_EQ(::chmod(file.c_str(), 0), 0);
  if (std::FILE* opened = std::fopen(file.c_str(), "rb")) {
    std::fclose(opened);
    GTEST_SKIP() << "this user may read everything";
  }
  expect_refusal(run_command({"fullnode", "--blocks", file}), "no permission",
                 "nearmem: " + file + ": at byte 0: cannot be opened: ");
}

TEST_F(bad_input, is_refused_on_the_command_line) {
  std::string good = folder.write("good", small_block());
  const std::vector<std::vector<std::string>> cases = {
      {"--nonsense"},
      {"--blocks"},
      {"--blocks", ""},
      {"nonsense"},
      {"--seed", "-1"},
      {"--seed=-1"},
      {"--seed", ""},
      {"--seed"},
      {"--seed", "18446744073709551616"},
      {"--seed", "1", "--seed", "2"},
      {"--count", "0"},
      {"--count", "-5"},
      {"--count", "1e3"},
      {"--count", "99999999999"},
      {"--txs-per-block", "0"},
      {"--txs-per-block", "-1"},
      {"--txs-per-block", "0x10"},
      {"--json=nonsense"},
      {"--json=3"},
      {"--json=false"},
      {"--blocks", good, "--seed", "1"},
      {"--blocks", good, "--count", "1"},
      {"--blocks", good, "--txs-per-block", "1"},
      {"fullnode"},
      {"--count", "1", "doctor"},
  };
  for (std::vector<std::string> arguments : cases) {
    arguments.insert(arguments.begin(), "fullnode");
    expect_refusal(run_command(arguments), testing::PrintToString(arguments), "nearmem: ");
  }
  expect_refusal(run_command({"fullnode", "--seed", "-1"}), "--seed -1",
                 "nearmem: --seed: '-1' is not a whole number from 0 to 18446744073709551615");
}

TEST_F(bad_input, is_no_excuse_for_output_that_is_lost) {
  for (output_to where : {output_to::full_device, output_to::closed_pipe, output_to::nowhere}) {
    command_run run = run_command({"fullnode", "--count", "1", "--txs-per-block", "5"}, where);
    EXPECT_EQ(run.status, 1);
    EXPECT_TRUE(is_one_line(run.error)) << run.error;
    EXPECT_EQ(run.error.rfind("nearmem: cannot write to standard output: ", 0), 0u) << run.error;
  }
}

}  // namespace
}  // namespace nearmem
