#include <vector>

#include <nearmem/accounting/json_writer.hpp>
#include <nearmem/accounting/statistics_json.hpp>
#include <nearmem/accounting/statistics_words.hpp>

namespace nearmem {
namespace {

void write_row(json_writer& out, const statistics_section& section, const statistics_row& row) {
  out.begin_object();
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (std::holds_alternative<std::monostate>(row[i])) continue;
    out.key(section.words[i].key());
    if (const auto* flag = std::get_if<bool>(&row[i])) out.value(*flag);
    if (const auto* count = std::get_if<std::uint64_t>(&row[i])) out.value(*count);
    if (const auto* ratio = std::get_if<double>(&row[i])) out.value(*ratio);
    if (const auto* text = std::get_if<std::string>(&row[i])) out.value(std::string_view(*text));
    if (const auto* members = std::get_if<std::vector<std::uint64_t>>(&row[i])) {
      out.begin_array();
      for (const std::uint64_t one : *members)
        out.value(one);
      out.end_array();
    }
  }
  out.end_object();
}

}  // namespace

std::string to_json(const statistics& all) {
  json_writer out;
  out.begin_object();
  out.key("schema");
  out.value(std::string_view("nearmem.statistics"));
  out.key("version");
  out.value(statistics_schema_version);
  for (const statistics_section& section : statistics_sections()) {
    out.key(section.plural);
    if (!section.single) out.begin_array();
    for (const statistics_row& row : section.rows(all))
      write_row(out, section, row);
    if (!section.single) out.end_array();
  }
  out.end_object();
  return out.text();
}

}  // namespace nearmem
