#pragma once

#include <set>
#include <string>
#include <string_view>

namespace nearmem {

// A document of this tree, by its path in it.
std::string document(std::string_view path);

// Whether it quotes what a command printed, as a block of its own.
bool is_quoted(std::string_view path, std::string_view output);

// What stands in it from a heading to the next of the same level.
std::string documented_section(std::string_view path, std::string_view heading);

// Everything that a text sets in code: what is between single backticks on one line.
std::set<std::string> code_words(std::string_view text);

// The code word that a table's row begins with, of every row that begins with one.
std::set<std::string> first_column(std::string_view text);

}  // namespace nearmem
