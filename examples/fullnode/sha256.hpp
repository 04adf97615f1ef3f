#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>

#include "examples/fullnode/hash256.hpp"

// OpenSSL's own names, so that its headers stay in sha256.cpp.
struct evp_md_st;
struct evp_md_ctx_st;

namespace nearmem::fullnode {

// Double SHA-256 by OpenSSL's libcrypto. One object is looked up and set up once and hashes any
// number of messages.
//
// Thread rule: one thread at a time.
class sha256 {
 public:
  // Throws std::runtime_error where libcrypto has no SHA-256 (a build that is cut down).
  sha256();
  ~sha256();
  sha256(const sha256&) = delete;
  sha256& operator=(const sha256&) = delete;

  // SHA-256 of the SHA-256 of the parts, one after the other. O(bytes).
  hash256 double_hash(std::initializer_list<std::span<const std::byte>> parts);

 private:
  void finish(hash256& into);

  struct algorithm_deleter {
    void operator()(evp_md_st* algorithm) const noexcept;
  };
  struct context_deleter {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_st, algorithm_deleter> algorithm_;
  std::unique_ptr<evp_md_ctx_st, context_deleter> context_;
};

}  // namespace nearmem::fullnode
