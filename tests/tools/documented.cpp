#include "tests/tools/documented.hpp"

#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace nearmem {
namespace {

std::set<std::string> matches(std::string_view text, const char* pattern) {
  std::set<std::string> found;
  const std::regex wanted(pattern, std::regex::multiline);
  const std::string subject(text);
  for (std::sregex_iterator each(subject.begin(), subject.end(), wanted), end; each != end;
       ++each) {
    found.insert((*each)[1]);
  }
  return found;
}

}  // namespace

std::string document(std::string_view path) {
  std::ifstream stream(std::string(NEARMEM_SOURCES "/") + std::string(path));
  if (!stream) throw std::runtime_error("no document " + std::string(path));
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool is_quoted(std::string_view path, std::string_view output) {
  const std::string lines(output.substr(0, output.find_last_not_of('\n') + 1));
  return document(path).find("```\n" + lines + "\n```") != std::string::npos;
}

std::string documented_section(std::string_view path, std::string_view heading) {
  const std::string whole = document(path);
  const std::size_t begin = whole.find(heading);
  if (begin == std::string::npos) throw std::runtime_error("no heading " + std::string(heading));
  const std::string level(heading.substr(0, heading.find(' ') + 1));
  return whole.substr(begin, whole.find("\n" + level, begin) - begin);
}

std::set<std::string> code_words(std::string_view text) {
  return matches(text, "`([^`\n]+)`");
}

std::set<std::string> first_column(std::string_view text) {
  return matches(text, "^\\| `([^`\n]+)` \\|");
}

}  // namespace nearmem
