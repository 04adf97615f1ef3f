#include <array>
#include <charconv>
#include <cmath>

#include <nearmem/accounting/json_writer.hpp>
#include <nearmem/accounting/utf8.hpp>

namespace nearmem {

void json_writer::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (filled_.empty()) return;
  if (filled_.back()) text_ += ',';
  filled_.back() = true;
  text_ += '\n';
  text_.append(2 * filled_.size(), ' ');
}

void json_writer::finish() {
  if (filled_.empty()) text_ += '\n';
}

void json_writer::raw(std::string_view word) {
  separate();
  text_ += word;
  finish();
}

void json_writer::begin(char bracket) {
  separate();
  text_ += bracket;
  filled_.push_back(false);
}

void json_writer::end(char bracket) {
  const bool filled = filled_.back();
  filled_.pop_back();
  if (filled) {
    text_ += '\n';
    text_.append(2 * filled_.size(), ' ');
  }
  text_ += bracket;
  finish();
}

void json_writer::key(std::string_view name) {
  separate();
  quote(name);
  text_ += ": ";
  after_key_ = true;
}

void json_writer::value(std::string_view text) {
  separate();
  quote(text);
  finish();
}

void json_writer::value(std::uint64_t number) {
  raw(std::to_string(number));
}

void json_writer::value(double number) {
  if (!std::isfinite(number)) return null();
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  raw({digits.data(), static_cast<std::size_t>(end.ptr - digits.data())});
}

void json_writer::value(bool truth) {
  raw(truth ? "true" : "false");
}

void json_writer::null() {
  raw("null");
}

void json_writer::quote(std::string_view text) {
  constexpr std::string_view hexadecimal = "0123456789abcdef";
  text_ += '"';
  for (const char letter : to_utf8(text)) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      text_ += '\\';
      text_ += letter;
    } else if (letter == '\n') {
      text_ += "\\n";
    } else if (code < 0x20 || code == 0x7f) {
      text_ += "\\u00";
      text_ += hexadecimal[code >> 4U];
      text_ += hexadecimal[code & 0xFU];
    } else {
      text_ += letter;
    }
  }
  text_ += '"';
}

}  // namespace nearmem
