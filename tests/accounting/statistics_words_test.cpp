#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/accounting/statistics_words.hpp>
#include <nearmem/topology/binding_outcome.hpp>
#include <nearmem/topology/numa_node.hpp>

#include "tests/accounting/sample_statistics.hpp"

namespace nearmem {
namespace {

using testing::HasSubstr;

std::string documents() {
  std::ifstream file(NEARMEM_SOURCE_ROOT "/docs/statistics.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

// The text from the heading of a section to the next heading.
std::string section_of(const std::string& text, std::string_view heading) {
  const std::size_t begin = text.find("\n### " + std::string(heading) + "\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find("\n#", begin + 1) - begin);
}

TEST(statistics_words, are_each_defined_in_the_documents_as_in_the_code) {
  const std::string text = documents();
  for (const statistics_section& section : statistics_sections()) {
    std::string table = "| word | unit | meaning |\n|---|---|---|\n";
    for (const statistics_word& word : section.words) {
      table += "| `" + std::string(word.name) + "` | " + std::string(to_string(word.unit)) + " | " +
               std::string(word.meaning) + " |\n";
    }
    EXPECT_EQ(section_of(text, section.plural),
              "\n### " + std::string(section.plural) + "\n\n" + table);
  }
}

TEST(statistics_words, that_values_take_are_defined_in_the_documents) {
  const std::string text = documents();
  const auto expect_defined = [&](std::string_view word) {
    EXPECT_THAT(text, HasSubstr("\n| `" + std::string(word) + "` | "));
  };
  for (int i = 0; i <= static_cast<int>(binding_outcome::unsupported); ++i) {
    expect_defined(to_string(static_cast<binding_outcome>(i)));
  }
  for (int i = 0; i <= static_cast<int>(memory_kind::memory_only); ++i) {
    expect_defined(to_string(static_cast<memory_kind>(i)));
  }
  for (const placement& where :
       {placement::local(), placement::preferred(node_id{0}), placement::bind(node_id{0}),
        placement::interleave({node_id{0}}), placement::first_touch()}) {
    const std::string word = where.to_string();
    expect_defined(std::string_view(word).substr(0, word.find('(')));
  }
}

TEST(statistics_words, give_every_key_and_every_metric_one_meaning) {
  std::set<std::string> metrics;
  for (const statistics_section& section : statistics_sections()) {
    EXPECT_EQ(section.identity == 0, section.single) << section.name;
    std::set<std::string> keys;
    for (const statistics_word& word : section.words) {
      EXPECT_TRUE(keys.insert(word.key()).second) << section.name << ' ' << word.name;
      const std::string metric = std::string(section.name) + '_' + word.key();
      EXPECT_TRUE(metrics.insert(metric).second) << metric;
      EXPECT_EQ(word.meaning.back(), '.') << metric;
    }
  }
}

TEST(statistics_words, have_a_value_of_their_unit_in_every_row) {
  const statistics all = sample_statistics();
  for (const statistics_section& section : statistics_sections()) {
    const auto rows = section.rows(all);
    ASSERT_FALSE(rows.empty()) << section.name;
    if (section.single) {
      EXPECT_EQ(rows.size(), 1) << section.name;
    }
    std::set<statistics_row> identities;
    for (const statistics_row& row : rows) {
      ASSERT_EQ(row.size(), section.words.size()) << section.name;
      if (!section.single) {
        const statistics_row identity(row.begin(),
                                      row.begin() + static_cast<std::ptrdiff_t>(section.identity));
        EXPECT_TRUE(identities.insert(identity).second) << section.name;
      }
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (std::holds_alternative<std::monostate>(row[i])) {
          EXPECT_GE(i, section.identity) << section.name;
          continue;
        }
        const std::size_t alternative = row[i].index();
        switch (section.words[i].unit) {
          case statistics_unit::text:
          case statistics_unit::address:
            EXPECT_EQ(alternative, 4) << section.words[i].name;
            break;
          case statistics_unit::count:
          case statistics_unit::bytes:
            EXPECT_EQ(alternative, 2) << section.words[i].name;
            break;
          case statistics_unit::ratio:
            EXPECT_EQ(alternative, 3) << section.words[i].name;
            break;
          case statistics_unit::flag:
            EXPECT_EQ(alternative, 1) << section.words[i].name;
            break;
          case statistics_unit::list:
            EXPECT_EQ(alternative, 5) << section.words[i].name;
            break;
        }
      }
    }
  }
}

TEST(statistics_words, are_spelled_as_one_word_of_text) {
  EXPECT_EQ(to_string(statistics_value{}), "");
  EXPECT_EQ(to_string(statistics_value{true}), "1");
  EXPECT_EQ(to_string(statistics_value{std::uint64_t{12}}), "12");
  EXPECT_EQ(to_string(statistics_value{0.468751}), "0.4688");
  EXPECT_EQ(to_string(statistics_value{std::string("0-3")}), "0-3");
  EXPECT_EQ(to_string(statistics_value{std::vector<std::uint64_t>{2, 0}}), "2,0");
}

}  // namespace
}  // namespace nearmem
