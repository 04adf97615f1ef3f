#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/measurements_text.hpp>

namespace nearmem {
namespace {

using testing::HasSubstr;

measurements sample() {
  measurements measured;
  measured.fingerprint = "0123456789abcdef";
  measured.latencies = {{node_id{0}, node_id{0}, 85}, {node_id{0}, node_id{2}, 140}};
  measured.bandwidths = {{node_id{2}, node_id{0}, 9001}};
  measured.latency_noise_percent = 7;
  measured.line_bytes = 64;
  return measured;
}

std::string in_xml(const info_list& infos) {
  std::string text = "<topology><object type=\"Machine\">";
  for (const auto& [name, value] : infos)
    text += "<info name=\"" + name + "\" value=\"" + value + "\"/>\n";
  return text + "</object></topology>";
}

std::string refusal(const std::string& xml) {
  try {
    read_measurements(xml);
  } catch (const machine_error& error) {
    return error.what();
  }
  return "none";
}

TEST(measurements_text, reads_back_what_it_wrote) {
  EXPECT_EQ(read_measurements(in_xml(write_measurements(sample()))), sample());
  const measurements nothing{.fingerprint = "f"};
  EXPECT_EQ(read_measurements(in_xml(write_measurements(nothing))), nothing);
}

TEST(measurements_text, refuses_a_text_without_any) {
  const std::string text = "<topology><object><info name=\"Backend\" value=\"Linux\"/></object>";
  EXPECT_FALSE(holds_measurements(text));
  EXPECT_EQ(refusal(text), "holds no measurements");
}

TEST(measurements_text, refuses_another_version) {
  info_list infos = write_measurements(sample());
  infos[0].second = "2";
  EXPECT_EQ(refusal(in_xml(infos)), "its measurements are of version '2', not of 1");
}

TEST(measurements_text, refuses_whatever_was_changed_or_lost) {
  const info_list good = write_measurements(sample());
  for (std::size_t i = 1; i < good.size(); ++i) {
    info_list lost = good;
    lost.erase(lost.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(refusal(in_xml(lost)), "its measurements are damaged: no " + good[i].first);
    for (const std::string wrong : {"1", "0:0:86", "x", "1:2", "9:9:9:9", "-1", "5000:1:1", ""}) {
      info_list changed = good;
      if (changed[i].second == wrong) continue;
      changed[i].second = wrong;
      EXPECT_THAT(refusal(in_xml(changed)), HasSubstr("its measurements are damaged: "))
          << good[i].first << " = " << wrong;
    }
  }
}

TEST(measurements_text, takes_nothing_else_out_of_a_text) {
  const std::string bare = in_xml({});
  const std::string text = in_xml(write_measurements(sample()));
  std::string without = without_measurements_in(text);
  std::erase(without, '\n');
  EXPECT_EQ(without, bare);
  EXPECT_EQ(without_measurements_in(bare), bare);
  EXPECT_EQ(without_measurements_in("<info name=\"nearmem.cut"), "");
}

}  // namespace
}  // namespace nearmem
