#include <algorithm>
#include <vector>

#include <nearmem/accounting/statistics_table.hpp>
#include <nearmem/accounting/statistics_words.hpp>
#include <nearmem/accounting/utf8.hpp>

namespace nearmem {
namespace {

using line = std::vector<std::string>;

std::string spell(const statistics_value& value) {
  std::string text = to_string(value);
  return text.empty() ? "-" : text;
}

// What a terminal would obey rather than show is shown as '?'.
std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::size_t control = control_bytes(text);
    shown += control != 0 ? '?' : text.front();
    text.remove_prefix(std::max<std::size_t>(control, 1));
  }
  return shown;
}

bool is_text(const statistics_word& word) {
  return word.unit == statistics_unit::text || word.unit == statistics_unit::list;
}

// Columns on a terminal, taking each code point for one: bytes that continue none.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char letter) {
    return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U;
  }));
}

void append_cell(std::string& out, const std::string& text, std::size_t columns, bool left) {
  const std::string gap(columns - std::min(columns, width(text)), ' ');
  out += left ? text + gap : gap + text;
}

void append_lines(std::string& out, const std::vector<line>& lines,
                  std::span<const statistics_word> words) {
  std::vector<std::size_t> columns(words.size());
  for (const line& one : lines) {
    for (std::size_t i = 0; i < words.size(); ++i)
      columns[i] = std::max(columns[i], width(one[i]));
  }
  for (const line& one : lines) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (i > 0) text += "  ";
      append_cell(text, one[i], columns[i], is_text(words[i]));
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + '\n';
  }
}

line sum_of(const std::vector<statistics_row>& rows, std::span<const statistics_word> words) {
  line sums(words.size());
  sums[0] = "sum";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].adds_up) continue;
    std::uint64_t sum = 0;
    for (const statistics_row& row : rows) {
      if (const auto* count = std::get_if<std::uint64_t>(&row[i])) sum += *count;
    }
    sums[i] = std::to_string(sum);
  }
  return sums;
}

void append_table(std::string& out, const statistics_section& section,
                  const std::vector<statistics_row>& rows) {
  std::vector<line> lines(1);
  for (const statistics_word& word : section.words)
    lines[0].emplace_back(word.name);
  for (const statistics_row& row : rows) {
    line& one = lines.emplace_back();
    for (const statistics_value& value : row)
      one.push_back(printable(spell(value)));
  }
  const bool adds_up = std::any_of(section.words.begin(), section.words.end(),
                                   [](const statistics_word& word) { return word.adds_up; });
  if (adds_up) lines.push_back(sum_of(rows, section.words));
  append_lines(out, lines, section.words);
}

void append_list(std::string& out, const statistics_section& section, const statistics_row& row) {
  std::size_t names = 0;
  std::size_t values = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    names = std::max(names, section.words[i].name.size());
    if (!is_text(section.words[i])) values = std::max(values, width(spell(row[i])));
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    append_cell(out, std::string(section.words[i].name), names + 2, true);
    const bool text = is_text(section.words[i]);
    append_cell(out, printable(spell(row[i])), text ? 0 : values, text);
    out += '\n';
  }
}

}  // namespace

std::string to_table(const statistics& all) {
  std::string out;
  for (const statistics_section& section : statistics_sections()) {
    const std::vector<statistics_row> rows = section.rows(all);
    if (rows.empty()) continue;
    if (!out.empty()) out += '\n';
    out += std::string(section.plural) + '\n';
    if (section.single) {
      append_list(out, section, rows.front());
    } else {
      append_table(out, section, rows);
    }
  }
  return out;
}

}  // namespace nearmem
