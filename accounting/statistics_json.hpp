#pragma once

#include <cstdint>
#include <string>

#include <nearmem/accounting/statistics.hpp>

namespace nearmem {

// The version of docs/statistics.schema.json, raised with every change of its keys.
inline constexpr std::uint64_t statistics_schema_version = 1;

// The books as JSON of docs/statistics.schema.json. What has no value has no key. Words:
// docs/statistics.md. Thread rule: any.
std::string to_json(const statistics& all);

}  // namespace nearmem
