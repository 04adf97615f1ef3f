#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/accounting/statistics_table.hpp>
#include <nearmem/accounting/statistics_words.hpp>

#include "tests/accounting/sample_statistics.hpp"

namespace nearmem {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> words_in(const std::string& line) {
  std::istringstream text(line);
  std::vector<std::string> words;
  for (std::string word; text >> word;)
    words.push_back(word);
  return words;
}

// The lines of each section, by its title.
std::map<std::string, std::vector<std::string>> sections_of(const std::string& table) {
  std::map<std::string, std::vector<std::string>> sections;
  std::istringstream text(table);
  std::string title;
  for (std::string line; std::getline(text, line);) {
    if (line.empty()) {
      title.clear();
    } else if (title.empty()) {
      title = line;
    } else {
      sections[title].push_back(line);
    }
  }
  return sections;
}

// What a line has below the word `name` of the head: numbers end where the word or they end.
std::uint64_t number_below(const std::vector<std::string>& section, const std::string& name,
                           std::size_t line) {
  const std::string head = " " + section[0] + " ";
  const std::size_t end = head.find(" " + name + " ") + name.size();
  const std::string& text = section[line];
  const std::size_t begin = text.find_last_of(' ', end - 1);
  return std::stoull(text.substr(begin == std::string::npos ? 0 : begin + 1));
}

TEST(statistics_table, is_aligned_under_words_of_the_books_only) {
  const auto sections = sections_of(to_table(sample_statistics()));
  for (const statistics_section& section : statistics_sections()) {
    const auto& lines = sections.at(std::string(section.plural));
    std::vector<std::string> words;
    for (const statistics_word& word : section.words)
      words.emplace_back(word.name);
    if (!section.single) {
      EXPECT_EQ(words_in(lines.at(0)), words);
      continue;
    }
    for (std::size_t i = 0; i < words.size(); ++i)
      EXPECT_EQ(words_in(lines.at(i))[0], words[i]);
  }
}

TEST(statistics_table, is_a_sum_that_comes_out) {
  const auto sections = sections_of(to_table(sample_statistics()));
  const auto& resources = sections.at("resources");
  const std::size_t last = resources.size() - 1;
  ASSERT_EQ(words_in(resources[last])[0], "sum");
  std::map<std::string, std::uint64_t> sums;
  for (std::size_t line = 1; line <= last; ++line) {
    std::map<std::string, std::uint64_t> row;
    for (const char* word : {"charged", "unused", "metadata", "footprint"}) {
      row[word] = number_below(resources, word, line);
      if (line < last) sums[word] += row[word];
    }
    EXPECT_EQ(row["footprint"], row["charged"] + row["unused"] + row["metadata"]);
    if (line == last) {
      EXPECT_EQ(row, sums);
    }
  }

  std::map<std::string, std::uint64_t> pages;
  for (const std::string& line : sections.at("pages")) {
    pages[words_in(line)[0]] = std::stoull(words_in(line)[1]);
  }
  EXPECT_EQ(pages["named"], sums["footprint"]);
  EXPECT_EQ(pages["committed"], pages["named"] + pages["unnamed"] + pages["own"]);
}

TEST(statistics_table, shows_no_character_that_a_terminal_would_obey) {
  const std::string table = to_table(sample_statistics());
  EXPECT_THAT(table, HasSubstr("odd \"name\"\\ with?lines \u00FC"));
  EXPECT_EQ(std::count_if(table.begin(), table.end(),
                          [](char one) { return one != '\n' && one >= 0 && one < ' '; }),
            0);
}

TEST(statistics_table, leaves_out_sections_without_rows) {
  const std::string table = to_table({});
  EXPECT_THAT(table, HasSubstr("machine\n"));
  EXPECT_THAT(table, HasSubstr("pages\n"));
  EXPECT_THAT(table, Not(HasSubstr("resources")));
}

TEST(statistics_table, has_no_blanks_at_the_end_of_a_line) {
  EXPECT_THAT(to_table(sample_statistics()), Not(HasSubstr(" \n")));
}

}  // namespace
}  // namespace nearmem
