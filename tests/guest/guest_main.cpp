#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

// Each guest is told which tests to run, so all of them can run there: a skipped one, or a choice
// that chooses none, is a mistake.
int main(int count, char** arguments) {
  ::testing::InitGoogleTest(&count, arguments);
  const int status = RUN_ALL_TESTS();
  const ::testing::UnitTest& tests = *::testing::UnitTest::GetInstance();
  if (tests.test_to_run_count() == 0 || tests.skipped_test_count() != 0) {
    std::cerr << tests.test_to_run_count() << " tests chosen, " << tests.skipped_test_count()
              << " skipped: in a guest no test may be\n";
    return EXIT_FAILURE;
  }
  return status;
}
