#include <gtest/gtest.h>

#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/alloc/slab_resource_refusals.hpp"

namespace nearmem {
namespace {

TEST(unsynchronized_slab_resource_refusal, leaves_it_whole_whichever_call_is_refused) {
  slab_resource_refusals::expect_whole_whichever_call_is_refused<unsynchronized_slab_resource>();
}

TEST(unsynchronized_slab_resource_refusal, leaves_it_whole_under_any_budget) {
  slab_resource_refusals::expect_whole_under_any_budget<unsynchronized_slab_resource>();
}

}  // namespace
}  // namespace nearmem
