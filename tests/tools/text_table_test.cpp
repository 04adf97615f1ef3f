#include "tools/text_table.hpp"

#include <gtest/gtest.h>

namespace nearmem::tools {
namespace {

TEST(text_table, aligns_its_columns) {
  text_table table("rl");
  table.add({"node", "kind", "x"});
  table.add({"10", "dram"});
  table.add({"2", "", "last"});
  EXPECT_EQ(table.str(),
            "  node  kind  x\n"
            "    10  dram\n"
            "     2  -     last\n");
}

TEST(text_table, is_empty_without_rows) {
  EXPECT_EQ(text_table().str(), "");
}

TEST(text_table, shows_bytes_in_the_largest_unit_that_fits) {
  EXPECT_EQ(show_bytes(0), "0 B");
  EXPECT_EQ(show_bytes(1023), "1023 B");
  EXPECT_EQ(show_bytes(1024), "1 KiB");
  EXPECT_EQ(show_bytes(1536), "1.5 KiB");
  EXPECT_EQ(show_bytes((std::size_t{1} << 20) - 1), "1 MiB");
  EXPECT_EQ(show_bytes(std::size_t{32} << 20), "32 MiB");
  EXPECT_EQ(show_bytes(11368869888), "10.6 GiB");
  EXPECT_EQ(show_bytes(~std::size_t{0}), "16 EiB");
}

TEST(text_table, makes_one_cell_of_any_text) {
  EXPECT_EQ(show_text("AMD EPYC"), "AMD EPYC");
  EXPECT_EQ(show_text("  a   b\tc\n\xff "), "a b?c??");
  EXPECT_EQ(show_text(""), "");
}

}  // namespace
}  // namespace nearmem::tools
