#include "examples/fullnode/file_reader.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "examples/fullnode/input_error.hpp"
#include "tests/support/scratch_folder.hpp"

namespace nearmem::fullnode {
namespace {

std::string content(const file_reader& reader, std::size_t offset, std::size_t count) {
  std::string text(count, '?');
  reader.read(offset, std::as_writable_bytes(std::span(text)));
  return text;
}

std::string refusal(const std::string& file) {
  try {
    file_reader reader(file);
  } catch (const input_error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(file_reader, reads_any_part_of_a_file) {
  scratch_folder folder;
  file_reader reader(folder.write("a", "0123456789"));
  EXPECT_EQ(reader.size(), 10u);
  EXPECT_EQ(content(reader, 0, 10), "0123456789");
  EXPECT_EQ(content(reader, 7, 3), "789");
  EXPECT_EQ(content(reader, 10, 0), "");
}

TEST(file_reader, reads_through_the_key_that_lies_beside_the_file) {
  scratch_folder folder;
  std::string plain = "A text of more than eight bytes";
  std::string key = "\x01\x80\xff\x10\x07\x33\x5a\xa5";
  std::string stored = plain;
  for (std::size_t i = 0; i < stored.size(); ++i)
    stored[i] = static_cast<char>(stored[i] ^ key[i % 8]);
  folder.write("xor.dat", key);
  file_reader reader(folder.write("blk00000.dat", stored));
  EXPECT_EQ(content(reader, 0, plain.size()), plain);
  EXPECT_EQ(content(reader, 11, 13), plain.substr(11, 13));
}

TEST(file_reader, refuses_a_key_of_another_length) {
  scratch_folder folder;
  folder.write("xor.dat", "1234567");
  std::string file = folder.write("blk00000.dat", "x");
  EXPECT_EQ(refusal(file),
            folder.path("xor.dat") + ": at byte 0: a key for block files has 8 bytes");
}

TEST(file_reader, refuses_what_is_no_regular_file_with_content) {
  scratch_folder folder;
  EXPECT_EQ(refusal(folder.path("none")),
            folder.path("none") + ": at byte 0: cannot be opened: No such file or directory");
  EXPECT_EQ(refusal(folder.path(".")),
            folder.path(".") + ": at byte 0: is a directory, not a file of blocks");
  EXPECT_EQ(refusal(folder.write("empty", "")),
            folder.path("empty") + ": at byte 0: the file is empty");
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal(folder.path("pipe")),
            folder.path("pipe") + ": at byte 0: is not a regular file");
  EXPECT_EQ(refusal("/dev/zero"), "/dev/zero: at byte 0: is not a regular file");
  EXPECT_NE(refusal(""), "accepted");
}

TEST(file_reader, tells_when_the_file_became_shorter) {
  scratch_folder folder;
  std::string file = folder.write("a", "0123456789");
  file_reader reader(file);
  std::filesystem::resize_file(file, 4);
  std::array<std::byte, 10> into{};
  try {
    reader.read(0, into);
    FAIL();
  } catch (const input_error& error) {
    EXPECT_EQ(std::string(error.what()),
              file + ": at byte 4: the file became shorter while it was read");
  }
}

}  // namespace
}  // namespace nearmem::fullnode
