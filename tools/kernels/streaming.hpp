#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace nearmem::measure {

// What is done with memory from its beginning to its end. A copy is from its first half to its
// second, and counts the bytes that were copied once.
enum class streaming : std::uint8_t { read, write, copy };

// "read", "write", "copy".
std::string_view to_string(streaming what) noexcept;

// Does it once: reading in 16-byte words, writing and copying as the C library does. Returns the
// bytes that it counts for. The memory is aligned to 16 bytes, and of whole lines.
std::size_t stream(streaming what, std::span<std::byte> memory) noexcept;

}  // namespace nearmem::measure
