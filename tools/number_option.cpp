#include "tools/number_option.hpp"

#include <charconv>
#include <system_error>

#include <fmt/format.h>

namespace nearmem::tools {

CLI::Option* add_number_option(CLI::App& app, const std::string& name, std::uint64_t& value,
                               std::uint64_t least, std::uint64_t most,
                               const std::string& description) {
  auto read = [&value, name, least, most](const std::string& text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end || number < least || number > most) {
      throw CLI::ValidationError(
          name, fmt::format("'{}' is not a whole number from {} to {}", text, least, most));
    }
    value = number;
  };
  return app.add_option_function<std::string>(name, read, description)
      ->type_name("N")
      ->default_str(std::to_string(value));
}

}  // namespace nearmem::tools
