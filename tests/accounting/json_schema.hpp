#pragma once

#include <regex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace nearmem {

// Validates JSON against the part of JSON Schema (2020-12) that docs/statistics.schema.json uses.
// A keyword that it does not know is an error, so that nothing in a schema goes unchecked.
class json_schema {
 public:
  explicit json_schema(nlohmann::json schema) : schema_(std::move(schema)) {}

  // What is wrong, one line each: where and why. Empty if the value is valid.
  std::vector<std::string> check(const nlohmann::json& value) const {
    std::vector<std::string> errors;
    check(schema_, value, "", errors);
    return errors;
  }

 private:
  static bool has_type(const nlohmann::json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return type == "boolean" && value.is_boolean();
  }

  void check(const nlohmann::json& schema, const nlohmann::json& value, const std::string& where,
             std::vector<std::string>& errors) const {
    const auto fail = [&](const std::string& why) { errors.push_back(where + ": " + why); };
    for (const auto& [keyword, want] : schema.items()) {
      if (keyword == "$ref") {
        const auto name = want.get<std::string>();
        check(schema_.at(nlohmann::json::json_pointer(name.substr(1))), value, where, errors);
      } else if (keyword == "type") {
        if (!has_type(value, want)) fail("not of type " + want.get<std::string>());
      } else if (keyword == "const") {
        if (value != want) fail("not " + want.dump());
      } else if (keyword == "minimum") {
        if (value.is_number() && value < want) fail("below " + want.dump());
      } else if (keyword == "maximum") {
        if (value.is_number() && value > want) fail("above " + want.dump());
      } else if (keyword == "pattern") {
        if (value.is_string() &&
            !std::regex_search(value.get<std::string>(), std::regex(want.get<std::string>()))) {
          fail("does not match " + want.dump());
        }
      } else if (keyword == "items") {
        for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
          check(want, value[i], where + "/" + std::to_string(i), errors);
        }
      } else if (keyword == "required") {
        for (const auto& name : want) {
          if (value.is_object() && !value.contains(name)) fail("without " + name.dump());
        }
      } else if (keyword == "properties") {
        for (const auto& [name, inner] : want.items()) {
          if (value.contains(name)) check(inner, value[name], where + "/" + name, errors);
        }
      } else if (keyword == "additionalProperties") {
        for (const auto& [name, inner] : value.items()) {
          if (want == false && !schema.at("properties").contains(name)) fail("has also " + name);
        }
      } else if (keyword != "$schema" && keyword != "title" && keyword != "description" &&
                 keyword != "$defs") {
        fail("the schema has a keyword that is not known here: " + keyword);
      }
    }
  }

  nlohmann::json schema_;
};

}  // namespace nearmem
