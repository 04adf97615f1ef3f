#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tools/page/bar_chart.hpp"
#include "tools/page/heat_map.hpp"
#include "tools/page/line_chart.hpp"
#include "tools/page/table.hpp"

namespace nearmem::page {

struct paragraph {
  std::string text;
};

// What a reader must know before trusting what follows: set apart from paragraphs.
struct remark {
  std::string text;
};

// Words and what they mean here.
struct words {
  std::vector<std::pair<std::string, std::string>> meanings;
};

using block = std::variant<paragraph, remark, words, table, line_chart, heat_map, bar_chart>;

struct section {
  std::string heading;
  std::vector<block> blocks;
};

//   title
//   lead                what the page says, in a sentence or two
//   remarks             what to beware of in all of it
//   contents            links to the sections, where there are more than three
//   sections
//   footer              where and when, by what
//
// A page as a value. All text is plain: what looks like markup is shown as it is.
struct document {
  std::string title;
  std::string lead{};
  std::vector<std::string> remarks{};
  std::vector<section> sections{};
  std::string footer{};
};

// The document as one file of HTML that needs nothing else: pictures are inline SVG, there is no
// script, nothing is fetched; readable on a phone and in the dark. It is well-formed XML too, after
// the first line. O(what is in it).
std::string to_html(const document& of);

}  // namespace nearmem::page
