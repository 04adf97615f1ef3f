#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// How a program in a guest tells node_meter what to count: by instructions that do nothing, so that
// the same program runs anywhere. x86-64 only, as the guests are.
//
//   begin<3>()   nopl magic|3(%rax,%rax)       a long no-operation; its displacement is the message
//   exclude()    %ds:%cs:%ds: movb (first)     loads under prefixes that mean nothing; the meter
//                %cs:%ds:%cs: movb (last)      learns the two addresses
namespace nearmem::meter {

inline constexpr std::string_view mark_opcode("\x0f\x1f\x84\x00", 4);
inline constexpr std::size_t mark_bytes = 8;
inline constexpr std::string_view first_prefix("\x3e\x2e\x3e", 3);
inline constexpr std::string_view last_prefix("\x2e\x3e\x2e", 3);

inline constexpr std::uint32_t magic_mask = 0xffff0000;
inline constexpr std::uint32_t magic = 0x4e4d0000;  // "NM"
inline constexpr std::uint32_t command_mask = 0x0000f000;
inline constexpr std::uint32_t begin_command = 0x00001000;
inline constexpr std::uint32_t end_command = 0x00002000;
inline constexpr std::uint32_t most_phases = 0x1000;

#if defined(__x86_64__)
// Counts from here to end(), as phase `Phase`. While other threads do nothing that counts.
template <std::uint32_t Phase>
inline void begin() noexcept {
  static_assert(Phase < most_phases);
  asm volatile(".byte 0x0f, 0x1f, 0x84, 0x00; .long %c0"
               :
               : "i"(static_cast<std::int32_t>(magic | begin_command | Phase))
               : "memory");
}

// Reports the phase.
inline void end() noexcept {
  asm volatile(".byte 0x0f, 0x1f, 0x84, 0x00; .long %c0"
               :
               : "i"(static_cast<std::int32_t>(magic | end_command))
               : "memory");
}

// Accesses to [data, data + bytes) count no more. The range must be readable. One thread at a time,
// which stays on its CPU.
inline void exclude(const void* data, std::size_t bytes) noexcept {
  const auto* const first = static_cast<const char*>(data);
  const char* const last = first + bytes - 1;
  char unused = 0;
  asm volatile(
      ".byte 0x3e, 0x2e, 0x3e; movb (%1), %0\n\t"
      ".byte 0x2e, 0x3e, 0x2e; movb (%2), %0"
      : "=&q"(unused)
      : "r"(first), "r"(last)
      : "memory");
}
#endif

}  // namespace nearmem::meter
