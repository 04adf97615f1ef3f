#pragma once

#include <cstdint>
#include <optional>

namespace nearmem {

// The kernel's number of the node that a thread runs on, kept by the kernel in the thread's rseq
// area (struct rseq::node_id of linux/rseq.h) whenever it moves the thread.
//
// The field is there if the kernel says so (AT_RSEQ_FEATURE_SIZE, Linux 6.3) and glibc registered
// the area (__rseq_size is not 0, glibc 2.35). __rseq_size itself is no measure of it: glibc before
// 2.40 counts the fields it knows, while the kernel fills the first 32 bytes of every area.
//
// Private to topology/. Thread rule: any.

// True if rseq_node() can be read, now and in every thread to come: the field is there, and in this
// thread it agrees with getcpu.
bool has_rseq_node() noexcept;

// The kernel's number of this thread's node. Requires has_rseq_node(). One load.
std::uint32_t rseq_node() noexcept;

}  // namespace nearmem
