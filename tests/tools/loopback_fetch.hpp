#pragma once

#include <cstdint>
#include <string>

namespace nearmem {

// What a server at this port of 127.0.0.1 answers to GET `path`, head and body; empty where nobody
// answers.
std::string fetch(std::uint16_t port, const std::string& path);

}  // namespace nearmem
