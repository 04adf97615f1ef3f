#pragma once

#include <cstddef>
#include <string_view>
#include <thread>

#include <nearmem/accounting/resource_description.hpp>
#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem {

class budget;

// What statistics and budgets ask of a resource, an arena or a cache, from any thread.
//
// usage(node) over all nodes adds up to usage().footprint, where the owner does not work between.
// Thread rule of all members: any, while the owner works; what is read need only be a count that
// was true at some instant of the call. Nothing here may wait for the owner.
class reportable {
 public:
  // As it was made; unchanged until the end. What has no name is not listed.
  virtual std::string_view name() const noexcept = 0;
  virtual resource_usage usage() const noexcept = 0;
  virtual node_usage usage(node_id node) const noexcept = 0;
  virtual void describe(resource_description& into) const = 0;
  // Which page source it takes from, by address; nullptr for the process's own.
  virtual const void* pages() const noexcept = 0;
  // The budget that its pages are charged to, or nullptr.
  virtual const budget* charged_to() const noexcept = 0;
  // Gives free memory back to the pages below, as far as that can be done from any thread; one that
  // belongs to a single thread gives nothing here, and has a trim of its own for its owner.
  virtual void trim() noexcept = 0;

 protected:
  ~reportable() = default;
};

// All reportable things that live, in the order in which they were made.
//
//   head ── entry ── entry ── entry          entry: a member of the thing itself, its last one, so
//             │        │        │            that it is listed only while it is whole
//           thing    thing    thing
//
// Invariants
//  1. Listing a thing allocates nothing and cannot fail.
//  2. A thing that a cursor stands on does not end before the cursor moves on: its entry waits.
//  3. No lock is held while a thing is asked.
//
// After fork() the child has the same list, and only the forking thread's cursors.
//
// Thread rule: any.
class resource_registry {
 public:
  // RAII: lists a thing. Must not end on a thread whose cursor stands on it.
  class entry {
   public:
    explicit entry(reportable& thing) noexcept;
    ~entry();
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

   private:
    friend class resource_registry;
    reportable& thing_;
    entry* before_ = nullptr;
    entry* after_ = nullptr;
    std::size_t cursors_ = 0;
  };

  // Walks over all that is listed:  for (cursor at; reportable* thing = at.next();) ...
  // Things made meanwhile may be met.
  class cursor {
   public:
    cursor() noexcept = default;
    ~cursor();
    cursor(const cursor&) = delete;
    cursor& operator=(const cursor&) = delete;

    // The next thing, which stays until the call after; nullptr at the end. O(1).
    reportable* next() noexcept;

   private:
    friend class resource_registry;
    void stand_on(entry* next) noexcept;

    entry* at_ = nullptr;
    bool ended_ = false;
    // Those that stand on something, so that a forked child can tell whose they are.
    cursor* before_ = nullptr;
    cursor* after_ = nullptr;
    std::thread::id owner_{};
  };

 private:
  static void drop_cursors_of_other_threads() noexcept;

  static const int fork_safe;
  static entry* first;
  static entry* last;
  static cursor* first_cursor;
};

}  // namespace nearmem
