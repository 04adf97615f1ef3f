#include <algorithm>
#include <array>
#include <cstddef>

#include <nearmem/topology/hardware_fingerprint.hpp>
#include <nearmem/topology/procfs_text.hpp>
#include <nearmem/topology/text_hash.hpp>
#include <nearmem/topology/xml_file.hpp>

namespace nearmem {
namespace {

constexpr std::size_t gibibyte = std::size_t{1} << 30;

// An attribute as " name=value"; nothing where the tag has none.
std::string shown(std::string_view tag, std::string_view name) {
  const std::string_view value = xml_attribute(tag, name);
  return value.empty() ? std::string() : " " + std::string(name) + "=" + std::string(value);
}

std::string shown_memory(std::string_view tag) {
  const std::size_t bytes = parse_number(xml_attribute(tag, "local_memory")).value_or(0);
  return " gib=" + std::to_string(bytes / gibibyte + (bytes % gibibyte == 0 ? 0 : 1));
}

std::string describe_object(std::string_view tag) {
  const std::string_view type = xml_attribute(tag, "type");
  std::string line(type);
  if (type == "Package") {
    line += shown(tag, "os_index");
  } else if (type == "NUMANode") {
    line += shown(tag, "os_index") + shown_memory(tag);
  } else if (type.ends_with("Cache") && !type.ends_with("iCache")) {
    for (const char* name : {"cache_size", "cache_linesize", "cache_associativity"})
      line += shown(tag, name);
  } else {
    return "";
  }
  return line + shown(tag, "complete_cpuset") + "\n";
}

std::string describe_info(std::string_view tag) {
  const std::string_view name = xml_attribute(tag, "name");
  if (name != "CPUModel" && name != "Architecture") return "";
  return std::string(name) + shown(tag, "value") + "\n";
}

}  // namespace

std::string hardware_identity(std::string_view xml) {
  std::string identity;
  for (std::size_t at = xml.find('<'); at != std::string_view::npos; at = xml.find('<', at + 1)) {
    const std::string_view tag = xml.substr(at, std::min(xml.find('>', at), xml.size()) - at);
    if (tag.starts_with("<object ")) identity += describe_object(tag);
    if (tag.starts_with("<info ")) identity += describe_info(tag);
  }
  return identity;
}

std::string hardware_fingerprint(std::string_view xml) {
  return text_hash(hardware_identity(xml));
}

}  // namespace nearmem
