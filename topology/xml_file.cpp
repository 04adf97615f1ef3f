#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/xml_file.hpp>

namespace nearmem {
namespace {

// A machine of 8,192 CPUs takes some 10 MiB.
constexpr std::size_t largest_file = std::size_t{64} << 20;

// hwloc's own files nest by level of the machine, a few tens at most; it reads them recursively.
constexpr std::size_t deepest = 200;

constexpr std::string_view white_space = " \t\r\n";

// Beyond the number of any CPU or node.
constexpr std::size_t largest_index = 65535;

// The number of a CPU or node that is beyond reason: hwloc would make a bitmap of that many bits.
std::optional<std::size_t> excessive_index(std::string_view tag) {
  constexpr std::string_view attribute = " os_index=\"";
  if (tag.find(" type=\"PU\"") == std::string_view::npos &&
      tag.find(" type=\"NUMANode\"") == std::string_view::npos) {
    return std::nullopt;
  }
  const std::size_t at = tag.find(attribute);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = tag.substr(at + attribute.size());
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error == std::errc::result_out_of_range) return ~std::size_t{0};
  if (error != std::errc{} || index <= largest_index) return std::nullopt;
  return index;
}

// Walks the tags of a text from first to last.
class tag_walk {
 public:
  explicit tag_walk(std::string_view text) : text_(text) {}

  std::optional<xml_fault> run() {
    while (true) {
      const std::size_t open = std::min(text_.find('<', at_), text_.size());
      if (open_tags_.empty()) {
        const std::size_t stray = text_.find_first_not_of(white_space, at_);
        if (stray < open) return xml_fault{stray, root_seen_ ? "text after the end" : "not XML"};
      }
      if (open == text_.size()) break;
      at_ = open;
      if (std::optional<xml_fault> fault = tag()) return fault;
    }
    if (!open_tags_.empty()) return cut("<" + std::string(open_tags_.back()) + ">");
    if (!root_seen_) return xml_fault{text_.size(), "no <topology> in it"};
    return std::nullopt;
  }

 private:
  bool starts(std::string_view with) const { return text_.substr(at_, with.size()) == with; }

  xml_fault cut(const std::string& inside) const {
    return {text_.size(), "the file ends within " + inside};
  }

  std::optional<xml_fault> skip_past(std::string_view end, const char* inside) {
    const std::size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) return cut(inside);
    at_ = found + end.size();
    return std::nullopt;
  }

  std::optional<xml_fault> tag() {
    if (starts("<!--")) return skip_past("-->", "a comment");
    if (starts("<?")) return skip_past("?>", "a declaration");
    if (starts("<!")) return skip_past(">", "a declaration");
    return starts("</") ? closing_tag() : opening_tag();
  }

  std::string_view name() {
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n/>", at_), text_.size());
    const std::string_view result = text_.substr(at_, end - at_);
    at_ = end;
    return result;
  }

  std::optional<xml_fault> closing_tag() {
    const std::size_t start = at_;
    at_ += 2;
    const std::string_view closed = name();
    if (std::optional<xml_fault> fault = skip_past(">", "a closing tag")) return fault;
    if (open_tags_.empty() || open_tags_.back() != closed) {
      return xml_fault{start, "</" + std::string(closed.substr(0, 40)) + "> closes nothing"};
    }
    open_tags_.pop_back();
    return std::nullopt;
  }

  std::optional<xml_fault> opening_tag() {
    const std::size_t start = at_++;
    const std::string_view opened = name();
    if (open_tags_.empty() && (root_seen_ || opened != "topology")) {
      return xml_fault{start, root_seen_ ? "text after the end" : "no <topology> in it"};
    }
    root_seen_ = true;
    // Attribute values may hold anything but their own quote, '>' included.
    while (at_ < text_.size() && text_[at_] != '>') {
      if (text_[at_] == '<') return xml_fault{at_, "a tag begins within a tag"};
      if (text_[at_] == '"' || text_[at_] == '\'') {
        const std::size_t end = text_.find(text_[at_], at_ + 1);
        if (end == std::string_view::npos) return cut("an attribute");
        at_ = end;
      }
      ++at_;
    }
    if (at_ == text_.size()) return cut("a tag");
    if (const std::optional<std::size_t> index =
            excessive_index(text_.substr(start, at_ - start))) {
      return xml_fault{start, "os_index " + std::to_string(*index) + " is beyond " +
                                  std::to_string(largest_index)};
    }
    if (text_[at_ - 1] != '/') open_tags_.push_back(opened);
    ++at_;
    if (open_tags_.size() > deepest) return xml_fault{start, "nested too deeply"};
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string_view> open_tags_;
  bool root_seen_ = false;
};

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
  throw machine_error(file.string() + ": " + why);
}

}  // namespace

std::optional<xml_fault> find_xml_fault(std::string_view text) {
  return tag_walk(text).run();
}

std::string_view xml_attribute(std::string_view tag, std::string_view name) {
  const std::string opening = " " + std::string(name) + "=\"";
  const std::size_t at = tag.find(opening);
  if (at == std::string_view::npos) return {};
  const std::string_view value = tag.substr(at + opening.size());
  return value.substr(0, value.find('"'));
}

std::string read_xml_file(const std::filesystem::path& file) {
  if (file.empty()) throw machine_error("the name of the file is empty");
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (error) refuse(file, error.message());
  if (std::filesystem::is_directory(status)) refuse(file, "is a directory");

  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) refuse(file, std::strerror(errno));
  std::string text;
  std::vector<char> piece(std::size_t{64} << 10);
  while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())),
         stream.gcount() > 0) {
    text.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
    if (text.size() > largest_file) refuse(file, "is larger than 64 MiB");
  }
  if (text.empty()) refuse(file, "byte 0: the file is empty");
  if (const std::optional<xml_fault> fault = find_xml_fault(text)) {
    refuse(file, "byte " + std::to_string(fault->offset) + ": " + fault->what);
  }
  return text;
}

}  // namespace nearmem
