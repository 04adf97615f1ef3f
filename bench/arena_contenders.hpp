#pragma once

#include <cstddef>
#include <memory_resource>
#include <string>
#include <vector>

#if NEARMEM_HAS_FOONATHAN
#include <foonathan/memory/memory_stack.hpp>
#endif
#if NEARMEM_HAS_LLVM
#include <llvm/Support/Allocator.h>
#endif
#if NEARMEM_HAS_PROTOBUF
#include <google/protobuf/arena.h>
#endif

#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/concurrent_arena.hpp>

namespace nearmem::bench {

// Contenders that hand memory out and take it back all at once:
//
//   void* allocate(std::size_t bytes);   aligned to 8
//   void reset();                        memory may be kept for what comes next

inline constexpr std::size_t kept_bytes = std::size_t{256} << 20;
inline constexpr std::size_t buffer_bytes = std::size_t{96} << 20;

class arena_contender {
 public:
  explicit arena_contender(const resource_options& options = {})
      : arena_(arena_options(options, kept_bytes)) {}
  void* allocate(std::size_t bytes) { return arena_.allocate_aligned(bytes, 8); }
  void reset() { arena_.reset(); }

 private:
  arena arena_;
};

class huge_arena_contender : public arena_contender {
 public:
  huge_arena_contender() : arena_contender(with_huge_pages()) {}

 private:
  static resource_options with_huge_pages() {
    resource_options options;
    options.huge_pages = true;
    return options;
  }
};

class concurrent_arena_contender {
 public:
  void* allocate(std::size_t bytes) { return arena_.allocate_aligned(bytes, 8); }
  void reset() { arena_.reset(); }

 private:
  concurrent_arena arena_{arena_options(resource_options{}, kept_bytes)};
};

class arena_pmr_contender {
 public:
  arena_pmr_contender() { asm volatile("" : "+r"(face_)); }
  void* allocate(std::size_t bytes) { return face_->allocate(bytes, 8); }
  void reset() { resource_.reset(); }

 private:
  arena_resource resource_{arena_options(resource_options{}, kept_bytes)};
  std::pmr::memory_resource* face_ = &resource_;
};

// On a buffer that is large enough from the start, as its users who care do it.
class std_monotonic_contender {
 public:
  std_monotonic_contender() { asm volatile("" : "+r"(face_)); }
  void* allocate(std::size_t bytes) { return face_->allocate(bytes, 8); }
  void reset() { resource_.release(); }

 private:
  std::vector<std::byte> buffer_{buffer_bytes};
  std::pmr::monotonic_buffer_resource resource_{buffer_.data(), buffer_.size()};
  std::pmr::memory_resource* face_ = &resource_;
};

// Growing by itself, and giving all back.
class std_monotonic_growing_contender {
 public:
  std_monotonic_growing_contender() { asm volatile("" : "+r"(face_)); }
  void* allocate(std::size_t bytes) { return face_->allocate(bytes, 8); }
  void reset() { resource_.release(); }

 private:
  std::pmr::monotonic_buffer_resource resource_;
  std::pmr::memory_resource* face_ = &resource_;
};

// The floor: a pointer that moves through one block, which is large enough; no books.
class floor_bump_contender {
 public:
  void* allocate(std::size_t bytes) {
    next_ = (next_ + 7) & ~std::size_t{7};
    void* block = buffer_.data() + next_;
    next_ += bytes;
    return block;
  }
  void reset() { next_ = 0; }

 private:
  std::vector<std::byte> buffer_{buffer_bytes};
  std::size_t next_ = 0;
};

#if NEARMEM_HAS_FOONATHAN
class foonathan_stack_contender {
 public:
  void* allocate(std::size_t bytes) { return stack_.allocate(bytes, 8); }
  void reset() { stack_.unwind(bottom_); }

 private:
  foonathan::memory::memory_stack<> stack_{buffer_bytes};
  foonathan::memory::memory_stack<>::marker bottom_ = stack_.top();
};
#endif

#if NEARMEM_HAS_LLVM
class llvm_contender {
 public:
  void* allocate(std::size_t bytes) { return allocator_.Allocate(bytes, llvm::Align(8)); }
  void reset() { allocator_.Reset(); }

 private:
  llvm::BumpPtrAllocator allocator_;
};
#endif

#if NEARMEM_HAS_PROTOBUF
class protobuf_contender {
 public:
  void* allocate(std::size_t bytes) {
    return google::protobuf::Arena::CreateArray<char>(&arena_, bytes);
  }
  void reset() { arena_.Reset(); }

 private:
  google::protobuf::Arena arena_;
};
#endif

// Calls add.operator()<Contender>(name) for every arena that is here.
template <class Register>
void for_each_arena_contender(Register add) {
  add.template operator()<arena_contender>("arena");
  add.template operator()<huge_arena_contender>("arena_huge_pages");
  add.template operator()<arena_pmr_contender>("arena_resource_pmr");
  add.template operator()<concurrent_arena_contender>("concurrent_arena");
  add.template operator()<floor_bump_contender>("floor_bump");
  add.template operator()<std_monotonic_contender>("std_monotonic");
  add.template operator()<std_monotonic_growing_contender>("std_monotonic_growing");
#if NEARMEM_HAS_FOONATHAN
  add.template operator()<foonathan_stack_contender>("foonathan_stack");
#endif
#if NEARMEM_HAS_LLVM
  add.template operator()<llvm_contender>("llvm_bump");
#endif
#if NEARMEM_HAS_PROTOBUF
  add.template operator()<protobuf_contender>("protobuf_arena");
#endif
}

}  // namespace nearmem::bench
