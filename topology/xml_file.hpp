#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace nearmem {

// Where a text ceases to be XML as hwloc writes it, and how.
struct xml_fault {
  std::size_t offset = 0;
  std::string what;
};

// Looks for the first fault in the structure of a topology's XML: tags that do not end, do not
// match, are nested beyond reason, are not a <topology>, or number CPUs and nodes beyond reason.
// hwloc says only that it cannot load a file; this says where. What it passes hwloc may still
// refuse. O(length).
std::optional<xml_fault> find_xml_fault(std::string_view text);

// The text of a topology's XML file, without a fault of structure. Throws machine_error in one line
// that names the file and, for a fault, its byte offset. Files over 64 MiB are refused unread.
std::string read_xml_file(const std::filesystem::path& file);

// The value of an attribute of a tag (`<object type="PU" os_index="3"`) as it is written, without
// its quotes; empty where the tag has none of that name. O(length).
std::string_view xml_attribute(std::string_view tag, std::string_view name);

}  // namespace nearmem
