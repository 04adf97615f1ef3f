#include "examples/fullnode/sha256.hpp"

#include <new>
#include <stdexcept>

#include <openssl/evp.h>

namespace nearmem::fullnode {
namespace {

void require(int succeeded) {
  if (succeeded != 1) throw std::runtime_error("libcrypto cannot compute SHA-256");
}

}  // namespace

void sha256::algorithm_deleter::operator()(evp_md_st* algorithm) const noexcept {
  EVP_MD_free(algorithm);
}

void sha256::context_deleter::operator()(evp_md_ctx_st* context) const noexcept {
  EVP_MD_CTX_free(context);
}

sha256::sha256()
    : algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
  if (!algorithm_) throw std::runtime_error("libcrypto has no SHA-256");
  if (!context_) throw std::bad_alloc();
}

sha256::~sha256() = default;

hash256 sha256::double_hash(std::initializer_list<std::span<const std::byte>> parts) {
  hash256 hash;
  require(EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr));
  for (std::span<const std::byte> part : parts) {
    require(EVP_DigestUpdate(context_.get(), part.data(), part.size()));
  }
  finish(hash);
  require(EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr));
  require(EVP_DigestUpdate(context_.get(), hash.bytes.data(), hash.bytes.size()));
  finish(hash);
  return hash;
}

void sha256::finish(hash256& into) {
  // OpenSSL's interface is in terms of unsigned char.
  auto* bytes = reinterpret_cast<unsigned char*>(into.bytes.data());
  require(EVP_DigestFinal_ex(context_.get(), bytes, nullptr));
}

}  // namespace nearmem::fullnode
