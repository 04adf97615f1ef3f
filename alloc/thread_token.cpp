#include <new>

#include <nearmem/alloc/thread_token.hpp>

// Of a leak checker, if the program has one.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" [[gnu::weak]] void __lsan_ignore_object(const void* object);

namespace nearmem {

// Ends with the thread.
struct thread_token::holder {
  thread_token* token = make();
  ~holder();

  // Those who remember a token lie in pages that leak checkers do not search.
  static thread_token* make() noexcept {
    auto* const made = new (std::nothrow) thread_token();
    if (made != nullptr && __lsan_ignore_object != nullptr) __lsan_ignore_object(made);
    return made;
  }
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
