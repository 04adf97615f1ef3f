#include <gtest/gtest.h>

#include <nearmem/alloc/synchronized_slab_resource.hpp>

#include "tests/alloc/slab_resource_refusals.hpp"

namespace nearmem {
namespace {

TEST(synchronized_slab_resource_refusal, leaves_it_whole_whichever_call_is_refused) {
  slab_resource_refusals::expect_whole_whichever_call_is_refused<synchronized_slab_resource>();
}

TEST(synchronized_slab_resource_refusal, leaves_it_whole_under_any_budget) {
  slab_resource_refusals::expect_whole_under_any_budget<synchronized_slab_resource>();
}

}  // namespace
}  // namespace nearmem
