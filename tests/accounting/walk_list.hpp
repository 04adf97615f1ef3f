#pragma once

#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

#include "tests/accounting/container_walk.hpp"

namespace nearmem {

// A container that is walked: its mangled type, and how to begin a walk.
struct walk_entry {
  std::string name;
  std::unique_ptr<walk> (*begin)();
};
using walk_list = std::vector<walk_entry>;

template <class Container, class Resource = recording_resource>
walk_entry walk_of() {
  return {typeid(Container).name(), [] {
            return std::unique_ptr<walk>(std::make_unique<container_walk<Container, Resource>>());
          }};
}

// Every container of the standard library, with elements of many sizes and alignments, on
// polymorphic allocators and on allocators with a static resource.
walk_list walks_of_sequences();
walk_list walks_of_trees();
walk_list walks_of_hash_tables();

template <class T>
using on_recording = recording_allocator<T, recording_resource>;

}  // namespace nearmem
