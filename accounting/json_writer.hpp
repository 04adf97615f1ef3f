#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nearmem {

// Writes one JSON text (RFC 8259), indented by two spaces.
//
// The caller keeps the grammar: within an object a key() before each value, within an array none;
// every begin has its end. Bytes that are not UTF-8 become U+FFFD; a number that is not finite
// becomes null. Thread rule: one owner.
class json_writer {
 public:
  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }
  void key(std::string_view name);

  void value(std::string_view text);
  void value(std::uint64_t number);
  void value(double number);
  void value(bool truth);
  void null();

  // The text so far, ended by a newline once the outermost value is complete.
  const std::string& text() const noexcept { return text_; }

 private:
  void begin(char bracket);
  void end(char bracket);
  void separate();
  void finish();
  void raw(std::string_view word);
  void quote(std::string_view text);

  std::string text_;
  std::vector<bool> filled_;  // for each open bracket: whether something is in it
  bool after_key_ = false;
};

}  // namespace nearmem
