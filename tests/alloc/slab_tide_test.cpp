#include <gtest/gtest.h>

#include <nearmem/alloc/slab_tide.hpp>

namespace nearmem {
namespace {

void ebb(slab_tide& tide, int slabs) {
  for (int i = 0; i < slabs; ++i)
    tide.ebb();
}
void flood(slab_tide& tide, int slabs) {
  for (int i = 0; i < slabs; ++i)
    tide.flood();
}

TEST(slab_tide, keeps_one_slab_of_a_bin_that_grows_and_shrinks_once) {
  slab_tide tide;
  flood(tide, 500);
  ebb(tide, 500);
  EXPECT_EQ(tide.kept(), 1u);
}

TEST(slab_tide, does_not_believe_one_return) {
  slab_tide tide;
  flood(tide, 1000);
  ebb(tide, 500);
  flood(tide, 500);
  ebb(tide, 1000);
  EXPECT_EQ(tide.kept(), 1u);
}

TEST(slab_tide, keeps_what_came_back_twice) {
  slab_tide tide;
  flood(tide, 300);
  ebb(tide, 300);
  flood(tide, 300);
  ebb(tide, 300);
  flood(tide, 200);
  ebb(tide, 1);
  EXPECT_EQ(tide.kept(), 200u);
}

TEST(slab_tide, lets_go_when_the_tide_is_lower) {
  slab_tide tide;
  for (int i = 0; i < 4; ++i) {
    flood(tide, 300);
    ebb(tide, 300);
  }
  EXPECT_EQ(tide.kept(), 300u);
  flood(tide, 2);
  ebb(tide, 2);
  EXPECT_EQ(tide.kept(), 2u);
}

}  // namespace
}  // namespace nearmem
