#include <string_view>
#include <vector>

#include <nearmem/accounting/open_metrics.hpp>
#include <nearmem/accounting/statistics_words.hpp>
#include <nearmem/accounting/utf8.hpp>

namespace nearmem {
namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char letter : to_utf8(text)) {
    if (letter == '\n') {
      result += "\\n";
      continue;
    }
    if (letter == '"' || letter == '\\') result += '\\';
    result += letter;
  }
  return result;
}

void append_label(std::string& labels, const statistics_word& word, const statistics_value& value) {
  labels += labels.empty() ? "" : ",";
  labels += word.key() + "=\"" + escaped(to_string(value)) + '"';
}

bool is_text(const statistics_word& word) {
  return word.unit == statistics_unit::text || word.unit == statistics_unit::list;
}

// One section's rows, and the labels that tell them apart.
class family_writer {
 public:
  family_writer(std::string& out, const statistics_section& section, const statistics& all)
      : out_(out), section_(section), rows_(section.rows(all)) {
    for (const statistics_row& row : rows_) {
      std::string& labels = labels_.emplace_back();
      for (std::size_t i = 0; i < section.identity; ++i)
        append_label(labels, words()[i], row[i]);
    }
  }

  void write() {
    write_info();
    for (std::size_t i = section_.identity; i < words().size(); ++i) {
      if (is_text(words()[i]) || words()[i].unit == statistics_unit::address) continue;
      write_metric(i);
    }
  }

 private:
  std::span<const statistics_word> words() const { return section_.words; }

  void write_head(const std::string& name, std::string_view unit, std::string_view help) {
    out_ += "# TYPE " + name + " gauge\n";
    if (!unit.empty()) out_ += "# UNIT " + name + ' ' + std::string(unit) + '\n';
    out_ += "# HELP " + name + ' ' + escaped(help) + '\n';
  }

  void write_sample(const std::string& name, const std::string& labels, std::string_view value) {
    out_ += name;
    if (!labels.empty()) out_ += '{' + labels + '}';
    out_ += ' ' + std::string(value) + '\n';
  }

  void write_metric(std::size_t word) {
    const std::string name = "nearmem_" + std::string(section_.name) + '_' + words()[word].key();
    bool has_head = false;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (std::holds_alternative<std::monostate>(rows_[i][word])) continue;
      if (!has_head) {
        const std::string_view suffix = suffix_of(words()[word].unit);
        write_head(name, suffix.substr(suffix.empty() ? 0 : 1), words()[word].meaning);
        has_head = true;
      }
      write_sample(name, labels_[i], to_string(rows_[i][word]));
    }
  }

  void write_info() {
    const std::string name = "nearmem_" + std::string(section_.name) + "_info";
    bool has_head = false;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      std::string labels = labels_[i];
      for (std::size_t word = section_.identity; word < words().size(); ++word) {
        if (!is_text(words()[word])) continue;
        append_label(labels, words()[word], rows_[i][word]);
      }
      if (labels.size() == labels_[i].size()) return;  // no text in this section
      if (!has_head) write_head(name, "", "What is said of it in words, as labels; always 1.");
      has_head = true;
      write_sample(name, labels, "1");
    }
  }

  std::string& out_;
  const statistics_section& section_;
  const std::vector<statistics_row> rows_;
  std::vector<std::string> labels_;
};

}  // namespace

std::string to_open_metrics(const statistics& all) {
  std::string out;
  for (const statistics_section& section : statistics_sections()) {
    family_writer(out, section, all).write();
  }
  return out + "# EOF\n";
}

}  // namespace nearmem
