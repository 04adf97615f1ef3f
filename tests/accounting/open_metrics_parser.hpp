#pragma once

#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nearmem/accounting/utf8.hpp>

namespace nearmem {

// Reads OpenMetrics 1.0 text of gauges, and takes nothing that the standard does not: the order of
// lines, names, escapes, unique series, the end. Throws std::runtime_error with the line's number.
class open_metrics_parser {
 public:
  using label_set = std::map<std::string, std::string>;
  struct family {
    std::string unit;
    std::string help;
    std::map<label_set, double> samples;
  };

  static std::map<std::string, family> parse(std::string_view text) {
    open_metrics_parser parser;
    if (!is_utf8(text)) parser.fail("not UTF-8");
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      if (end == std::string_view::npos) parser.fail("the last line has no end");
      ++parser.line_;
      parser.read(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    if (!parser.ended_) parser.fail("no # EOF");
    return parser.families_;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(std::to_string(line_) + ": " + why);
  }

  void read(std::string_view line) {
    if (ended_) fail("something after # EOF");
    if (line == "# EOF") {
      ended_ = true;
    } else if (line.starts_with("# ")) {
      read_descriptor(line.substr(2));
    } else if (line.empty() || line[0] == '#') {
      fail("an empty line or a comment");
    } else {
      read_sample(line);
    }
  }

  void read_descriptor(std::string_view line) {
    static const std::regex form("(TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
    std::cmatch match;
    if (!std::regex_match(line.begin(), line.end(), match, form)) fail("not a descriptor");
    const std::string what = match[1];
    const std::string value = match[3];
    if (what == "TYPE") {
      if (!families_.try_emplace(match[2]).second) fail("the family appears twice");
      if (value != "gauge") fail("not a gauge");
      current_ = match[2];
      return;
    }
    if (match[2] != current_) fail("describes another family than the one that has begun");
    family& one = families_[current_];
    if (!one.samples.empty()) fail("a descriptor after samples");
    if (what == "UNIT") {
      if (!one.unit.empty()) fail("a second unit");
      if (!current_.ends_with("_" + value)) fail("the name does not end with its unit");
      one.unit = value;
    } else {
      if (!one.help.empty()) fail("a second help");
      one.help = unescape(value);
    }
  }

  void read_sample(std::string_view line) {
    std::size_t at = line.find_first_of("{ ");
    if (at == std::string_view::npos) fail("no value");
    if (line.substr(0, at) != current_) fail("a sample of another family");
    label_set labels;
    if (line[at] == '{') {
      do {
        at = read_label(line, at + 1, labels);
      } while (line[at] == ',');
      if (line[at++] != '}') fail("labels are not closed");
    }
    if (at >= line.size() || line[at] != ' ') fail("no blank before the value");
    double value = 0;
    const auto [end, error] =
        std::from_chars(line.data() + at + 1, line.data() + line.size(), value);
    if (error != std::errc{} || end != line.data() + line.size() || !std::isfinite(value)) {
      fail("not one number");
    }
    if (!families_[current_].samples.emplace(labels, value).second)
      fail("the series appears twice");
  }

  // Reads NAME="VALUE" and returns where it ends.
  std::size_t read_label(std::string_view line, std::size_t at, label_set& labels) const {
    static const std::regex form("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[n\"\\\\])*)\"");
    std::cmatch match;
    if (!std::regex_search(line.begin() + at, line.end(), match, form,
                           std::regex_constants::match_continuous)) {
      fail("not a label");
    }
    if (!labels.emplace(match[1], unescape(match.str(2))).second) fail("a label appears twice");
    at += static_cast<std::size_t>(match.length());
    if (at >= line.size()) fail("labels are not closed");
    return at;
  }

  std::string unescape(std::string_view text) const {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\') {
        if (++i == text.size()) fail("an escape of nothing");
        if (text[i] != 'n' && text[i] != '"' && text[i] != '\\') fail("an unknown escape");
        plain += text[i] == 'n' ? '\n' : text[i];
      } else {
        plain += text[i];
      }
    }
    return plain;
  }

  std::map<std::string, family> families_;
  std::string current_;
  std::size_t line_ = 0;
  bool ended_ = false;
};

}  // namespace nearmem
