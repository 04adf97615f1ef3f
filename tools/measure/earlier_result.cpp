#include "tools/measure/earlier_result.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "tools/measure/report_json.hpp"

namespace nearmem::measure {
namespace {

using nlohmann::json;

std::string contents(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream || text.empty()) {
    throw std::runtime_error(text.empty() && stream ? "it is empty" : std::strerror(errno));
  }
  return text;
}

template <class Value>
void read(const json& object, const char* key, std::optional<Value>& into) {
  if (object.contains(key)) into = object.at(key).get<Value>();
}

row read_row(const json& object, better direction) {
  row found{.series = object.at("series").get<std::string>()};
  read(object, "bytes", found.bytes);
  read(object, "from", found.from);
  read(object, "to", found.to);
  if (!object.contains("best")) return found;
  figure value{.best = object.at("best").get<double>(),
               .median = object.at("median").get<double>(),
               .lower_quartile = object.at("lower_quartile").get<double>(),
               .upper_quartile = object.at("upper_quartile").get<double>(),
               .far = object.at("far").get<double>(),
               .samples = object.at("samples").get<std::size_t>(),
               .direction = direction};
  const bool in_order =
      direction == better::lower ? value.best <= value.far : value.far <= value.best;
  if (!(value.best > 0 && value.far > 0 && in_order)) {
    throw std::runtime_error("a figure of " + found.series + " cannot be one");
  }
  found.value = value;
  return found;
}

part_report read_part(const json& object) {
  const auto name = object.at("part").get<std::string>();
  const auto* const what = std::find_if(all_parts.begin(), all_parts.end(),
                                        [&](part each) { return to_string(each) == name; });
  if (what == all_parts.end()) throw std::runtime_error("no part is called " + name);
  part_report found{*what, {}};
  for (const json& each : object.at("rows")) {
    row one = read_row(each, *what == part::bandwidth ? better::higher : better::lower);
    if (one.value) found.rows.push_back(std::move(one));
  }
  return found;
}

earlier_result parse(const std::string& text) {
  const json document = json::parse(text);
  if (!document.is_object() || document.value("schema", "") != "nearmem.measure") {
    throw std::runtime_error("it is not what nearmem measure --json prints");
  }
  if (document.at("version") != json_version) {
    throw std::runtime_error("it is of version " + document.at("version").dump() + ", not " +
                             std::to_string(json_version));
  }
  earlier_result found{.fingerprint = document.at("fingerprint").get<std::string>()};
  for (const json& each : document.at("parts"))
    found.parts.push_back(read_part(each));
  return found;
}

bool is_same_thing(const row& one, const row& other) {
  const auto key = [](const row& each) {
    return std::tie(each.series, each.bytes, each.from, each.to);
  };
  return key(one) == key(other);
}

}  // namespace

earlier_result read_earlier_result(const std::string& file) {
  try {
    earlier_result found = parse(contents(file));
    found.file = file;
    return found;
  } catch (const json::exception&) {
    throw std::runtime_error(file + ": damaged: not JSON, or not of its schema");
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(file + ": " + error.what());
  }
}

agreement agree(const report& now, const earlier_result& earlier) {
  agreement found{.file = earlier.file};
  for (const part_report& old_part : earlier.parts) {
    const part_report* const here = now.find(old_part.what);
    if (here == nullptr) continue;
    for (const row& each : here->rows) {
      const auto old = std::find_if(old_part.rows.begin(), old_part.rows.end(),
                                    [&](const row& one) { return is_same_thing(one, each); });
      if (!each.value || old == old_part.rows.end()) continue;
      ++found.figures;
      const comparison by = compare(*old->value, *each.value, 0);
      if (by.what != difference::differ) continue;
      found.apart.push_back({old_part.what, each, *old->value, by});
    }
  }
  return found;
}

}  // namespace nearmem::measure
