#include <algorithm>
#include <bit>
#include <cstddef>
#include <optional>

#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/measurements_text.hpp>
#include <nearmem/topology/node_set.hpp>
#include <nearmem/topology/procfs_text.hpp>
#include <nearmem/topology/text_hash.hpp>
#include <nearmem/topology/xml_file.hpp>

namespace nearmem {
namespace {

constexpr std::string_view version = "1";
constexpr std::string_view beginning = "<info name=\"nearmem.";
constexpr std::string_view check_sum_name = "nearmem.check_sum";

using cells = std::vector<measurements::cell>;

std::string write_cells(const cells& list) {
  std::string text;
  for (const measurements::cell& each : list) {
    text += (text.empty() ? "" : " ") + std::to_string(to_number(each.from)) + ":" +
            std::to_string(to_number(each.to)) + ":" + std::to_string(each.value);
  }
  return text;
}

std::string write_bytes(const std::optional<std::size_t>& bytes) {
  return bytes ? std::to_string(*bytes) : std::string();
}

std::string check_sum_of(const info_list& infos) {
  std::string all;
  for (const auto& [name, value] : infos)
    all.append(name).append("=").append(value).append("\n");
  return text_hash(all);
}

[[noreturn]] void refuse(const std::string& why) {
  throw machine_error("its measurements are damaged: " + why);
}

// The value of an <info>; it must be there.
std::string_view info(std::string_view xml, const std::string& name) {
  const std::string opening = "<info name=\"" + name + "\"";
  const std::size_t at = xml.find(opening);
  if (at == std::string_view::npos) refuse("no " + name);
  return xml_attribute(xml.substr(at, std::min(xml.find('>', at), xml.size()) - at), "value");
}

std::size_t read_number(std::string_view text, const std::string& name) {
  const std::optional<std::size_t> number = parse_number(text);
  if (!number) refuse(name);
  return *number;
}

cells read_cells(std::string_view text, const std::string& name) {
  cells list;
  while (!text.empty()) {
    std::string_view word = take_until(text, ' ');
    const std::size_t from = read_number(take_until(word, ':'), name);
    const std::size_t to = read_number(take_until(word, ':'), name);
    const std::size_t value = read_number(word, name);
    if (from >= max_nodes || to >= max_nodes || value == 0) refuse(name);
    list.push_back({node_id{static_cast<std::uint32_t>(from)},
                    node_id{static_cast<std::uint32_t>(to)}, value});
  }
  return list;
}

// A distance in memory that hardware may have.
std::optional<std::size_t> read_bytes(std::string_view text, const std::string& name) {
  if (text.empty()) return std::nullopt;
  const std::size_t bytes = read_number(text, name);
  if (!std::has_single_bit(bytes) || bytes < 16 || bytes > 4096) refuse(name);
  return bytes;
}

}  // namespace

info_list write_measurements(const measurements& measured) {
  info_list infos = {{"nearmem.version", std::string(version)},
                     {"nearmem.fingerprint", measured.fingerprint},
                     {"nearmem.latency", write_cells(measured.latencies)},
                     {"nearmem.bandwidth", write_cells(measured.bandwidths)},
                     {"nearmem.noise_percent", std::to_string(measured.latency_noise_percent)},
                     {"nearmem.line_bytes", write_bytes(measured.line_bytes)},
                     {"nearmem.interference_bytes", write_bytes(measured.interference_bytes)}};
  infos.emplace_back(check_sum_name, check_sum_of(infos));
  return infos;
}

bool holds_measurements(std::string_view xml) {
  return xml.find(beginning) != std::string_view::npos;
}

std::string without_measurements_in(std::string_view xml) {
  std::string text;
  std::size_t at = 0;
  while ((at = xml.find(beginning)) != std::string_view::npos) {
    text += xml.substr(0, at);
    xml.remove_prefix(std::min(xml.find('>', at), xml.size() - 1) + 1);
  }
  return text + std::string(xml);
}

measurements read_measurements(std::string_view xml) {
  if (!holds_measurements(xml)) throw machine_error("holds no measurements");
  const std::string_view found = info(xml, "nearmem.version");
  if (found != version) {
    throw machine_error("its measurements are of version '" + std::string(found) + "', not of " +
                        std::string(version));
  }
  measurements measured;
  measured.fingerprint = std::string(info(xml, "nearmem.fingerprint"));
  measured.latencies = read_cells(info(xml, "nearmem.latency"), "nearmem.latency");
  measured.bandwidths = read_cells(info(xml, "nearmem.bandwidth"), "nearmem.bandwidth");
  measured.latency_noise_percent =
      read_number(info(xml, "nearmem.noise_percent"), "nearmem.noise_percent");
  measured.line_bytes = read_bytes(info(xml, "nearmem.line_bytes"), "nearmem.line_bytes");
  measured.interference_bytes =
      read_bytes(info(xml, "nearmem.interference_bytes"), "nearmem.interference_bytes");
  if (info(xml, std::string(check_sum_name)) != write_measurements(measured).back().second) {
    refuse(std::string(check_sum_name));
  }
  return measured;
}

}  // namespace nearmem
