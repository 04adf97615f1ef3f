#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/support/scratch_folder.hpp>

#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/xml_file.hpp>

namespace nearmem {
namespace {

using testing::HasSubstr;

// "offset: what" of the fault, or "" for none.
std::string fault(const std::string& text) {
  const std::optional<xml_fault> found = find_xml_fault(text);
  return found ? std::to_string(found->offset) + ": " + found->what : "";
}

std::string refusal(const std::string& file) {
  try {
    read_xml_file(file);
  } catch (const machine_error& error) {
    return error.what();
  }
  return "";
}

TEST(xml_file, passes_what_is_well_formed) {
  EXPECT_EQ(fault("<topology/>"), "");
  EXPECT_EQ(fault("<?xml version=\"1.0\"?>\n<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n"
                  "<!-- a > b -->\n<topology version='2.0'>\n<object a=\"<>'\"/> text <b></b>\n"
                  "</topology>\n"),
            "");
}

TEST(xml_file, says_where_it_is_cut) {
  EXPECT_EQ(fault("<topology><object"), "17: the file ends within a tag");
  EXPECT_EQ(fault("<topology><object a=\"1"), "22: the file ends within an attribute");
  EXPECT_EQ(fault("<topology><object>"), "18: the file ends within <object>");
  EXPECT_EQ(fault("<topology></topo"), "16: the file ends within a closing tag");
  EXPECT_EQ(fault("<topology><!-- "), "15: the file ends within a comment");
  EXPECT_EQ(fault("<?xml "), "6: the file ends within a declaration");
}

TEST(xml_file, says_where_it_is_no_topology) {
  EXPECT_EQ(fault(""), "0: no <topology> in it");
  EXPECT_EQ(fault("hello"), "0: not XML");
  EXPECT_EQ(fault(" \n hello <topology/>"), "3: not XML");
  EXPECT_EQ(fault("<html></html>"), "0: no <topology> in it");
  EXPECT_EQ(fault("<topology/> tail"), "12: text after the end");
  EXPECT_EQ(fault("<topology/><topology/>"), "11: text after the end");
  EXPECT_EQ(fault("<topology></object></topology>"), "10: </object> closes nothing");
  EXPECT_EQ(fault("</topology>"), "0: </topology> closes nothing");
  EXPECT_EQ(fault("<topology <object/>>"), "10: a tag begins within a tag");
}

TEST(xml_file, stops_at_unreasonable_depth) {
  std::string text = "<topology>";
  for (int depth = 0; depth < 100000; ++depth)
    text += "<object>";
  EXPECT_THAT(fault(text), HasSubstr("nested too deeply"));
}

TEST(xml_file, refuses_numbers_that_would_take_all_memory) {
  EXPECT_EQ(fault("<topology><object type=\"PU\" os_index=\"65535\"/></topology>"), "");
  EXPECT_EQ(fault("<topology><object type=\"PU\" os_index=\"65536\"/></topology>"),
            "10: os_index 65536 is beyond 65535");
  EXPECT_THAT(fault("<topology><object type=\"NUMANode\" os_index=\"99999999999999999999\"/>"),
              HasSubstr("is beyond 65535"));
  // Other objects' numbers size nothing.
  EXPECT_EQ(fault("<topology><object type=\"PCIDev\" os_index=\"268435456\"/></topology>"), "");
}

TEST(xml_file, finds_every_cut_of_a_real_file) {
  std::ifstream stream(NEARMEM_TOPOLOGIES "/memory_tiers.xml");
  std::string whole(std::istreambuf_iterator<char>(stream), {});
  ASSERT_EQ(fault(whole), "");
  while (whole.back() == '\n')
    whole.pop_back();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    ASSERT_NE(fault(whole.substr(0, length)), "") << length;
  }
}

TEST(xml_file, names_the_file_that_it_refuses) {
  const scratch_folder folder;
  EXPECT_EQ(refusal(folder.path("gone.xml")),
            folder.path("gone.xml") + ": No such file or directory");
  EXPECT_EQ(refusal(folder.path("")), folder.path("") + ": is a directory");
  const std::string empty = folder.write("empty.xml", "");
  EXPECT_EQ(refusal(empty), empty + ": byte 0: the file is empty");
  const std::string cut = folder.write("cut.xml", "<topology>");
  EXPECT_EQ(refusal(cut), cut + ": byte 10: the file ends within <topology>");
}

TEST(xml_file, gives_the_whole_text) {
  const scratch_folder folder;
  const std::string text = "<topology><!--" + std::string(200000, ' ') + "--></topology>";
  EXPECT_EQ(read_xml_file(folder.write("long.xml", text)), text);
}

TEST(xml_file, finds_attributes_of_a_tag) {
  const std::string tag = R"(<object type="PU" os_index="3" empty="" subtype="a b")";
  EXPECT_EQ(xml_attribute(tag, "type"), "PU");
  EXPECT_EQ(xml_attribute(tag, "os_index"), "3");
  EXPECT_EQ(xml_attribute(tag, "subtype"), "a b");
  EXPECT_EQ(xml_attribute(tag, "empty"), "");
  EXPECT_EQ(xml_attribute(tag, "index"), "");
  EXPECT_EQ(xml_attribute("<object type=\"cut", "type"), "cut");
}

}  // namespace
}  // namespace nearmem
