#include <new>

#include <nearmem/alloc/thread_token.hpp>

namespace nearmem {

// Ends with the thread.
struct thread_token::holder {
  thread_token* token = new (std::nothrow) thread_token();
  ~holder();
};

namespace {

// Outlives the holder: of trivial type, so that it can be read until the thread is gone.
constinit thread_local bool has_ended = false;

}  // namespace

thread_token::holder::~holder() {
  has_ended = true;
  if (token == nullptr) return;
  token->alive_.store(false, std::memory_order_release);
  token->drop();
}

thread_token* thread_token::mine() noexcept {
  if (has_ended) return nullptr;
  static thread_local holder own;
  return own.token;
}

void thread_token::drop() noexcept {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

}  // namespace nearmem
