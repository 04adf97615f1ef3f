#include "tools/page/document.hpp"

#include <cstddef>

#include <fmt/format.h>

#include "tools/page/escape.hpp"
#include "tools/page/style_sheet.hpp"

namespace nearmem::page {
namespace {

// A source of light and dark's own colours for scroll bars, too.
constexpr const char* head =
    "<meta charset=\"utf-8\"/>\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
    "<meta name=\"color-scheme\" content=\"light dark\"/>\n";

std::string to_html(const paragraph& of) {
  return fmt::format("<p>{}</p>\n", escaped(of.text));
}

std::string to_html(const remark& of) {
  return fmt::format("<p class=\"remark\">{}</p>\n", escaped(of.text));
}

std::string to_html(const words& of) {
  if (of.meanings.empty()) return "";
  std::string html = "<dl>\n";
  for (const auto& [word, meaning] : of.meanings)
    html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(word), escaped(meaning));
  return html + "</dl>\n";
}

std::string contents_of(const std::vector<section>& sections) {
  constexpr std::size_t few = 3;
  if (sections.size() <= few) return "";
  std::string html = "<nav aria-label=\"Contents\"><ul>\n";
  for (std::size_t i = 0; i < sections.size(); ++i) {
    html += fmt::format("<li><a href=\"#s{}\">{}</a></li>\n", i + 1, escaped(sections[i].heading));
  }
  return html + "</ul></nav>\n";
}

}  // namespace

std::string to_html(const document& of) {
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n";
  html += head;
  html += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
                      escaped(of.title), style_sheet());
  html += fmt::format("<h1>{}</h1>\n", escaped(of.title));
  if (!of.lead.empty()) html += fmt::format("<p class=\"lead\">{}</p>\n", escaped(of.lead));
  for (const std::string& text : of.remarks)
    html += to_html(remark{text});
  html += contents_of(of.sections);
  for (std::size_t i = 0; i < of.sections.size(); ++i) {
    html +=
        fmt::format("<section id=\"s{}\">\n<h2>{}</h2>\n", i + 1, escaped(of.sections[i].heading));
    for (const block& each : of.sections[i].blocks)
      html += std::visit([](const auto& piece) { return to_html(piece); }, each);
    html += "</section>\n";
  }
  if (!of.footer.empty()) html += fmt::format("<footer>{}</footer>\n", escaped(of.footer));
  return html + "</main>\n</body>\n</html>\n";
}

}  // namespace nearmem::page
