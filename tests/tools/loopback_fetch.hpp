#pragma once

#include <cstdint>
#include <string>

namespace nearmem {

// What a server at this port of 127.0.0.1 answers to GET `path`, head and body; empty where nobody
// answers. `accept`: the formats that are asked for; empty: nothing is said of them.
std::string fetch(std::uint16_t port, const std::string& path, const std::string& accept = "");

}  // namespace nearmem
