#include <algorithm>
#include <cstddef>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <nearmem/topology/procfs.hpp>

namespace nearmem {
namespace {

// Pages of our own, apart from everything that the process does meanwhile.
class mapped_pages {
 public:
  explicit mapped_pages(std::size_t bytes)
      : bytes_(bytes),
        data_(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {}
  ~mapped_pages() { ::munmap(data_, bytes_); }
  mapped_pages(const mapped_pages&) = delete;
  mapped_pages& operator=(const mapped_pages&) = delete;

  char* data() const { return static_cast<char*>(data_); }
  address_range range() const { return {data_, bytes_}; }

 private:
  std::size_t bytes_;
  void* data_;
};

const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));

TEST(procfs, counts_resident_bytes_of_a_range) {
  const mapped_pages pages(64 * page);
  ::madvise(pages.data(), 64 * page, MADV_NOHUGEPAGE);
  const address_range range = pages.range();
  const std::optional<std::size_t> before = resident_bytes({&range, 1});
  if (!before) GTEST_SKIP() << "smaps cannot be read here";
  EXPECT_EQ(*before, 0);
  for (std::size_t i = 0; i < 10; ++i)
    pages.data()[i * page] = 1;
  EXPECT_EQ(resident_bytes({&range, 1}), 10 * page);
  EXPECT_LE(swapped_bytes({&range, 1}).value(), 6 * page);
  ::madvise(pages.data(), 4 * page, MADV_DONTNEED);
  EXPECT_EQ(resident_bytes({&range, 1}), 6 * page);
}

TEST(procfs, counts_the_whole_process_above_its_parts) {
  const mapped_pages pages(512 * page);
  for (std::size_t i = 0; i < 512; ++i)
    pages.data()[i * page] = 1;
  const std::optional<std::size_t> all = process_resident_bytes();
  if (!all) GTEST_SKIP() << "neither smaps_rollup nor status can be read here";
  const address_range range = pages.range();
  EXPECT_GT(*all, resident_bytes({&range, 1}).value_or(0));
}

TEST(procfs, agrees_with_the_kernels_own_files) {
  std::ifstream overcommit("/proc/sys/vm/overcommit_memory");
  int mode = -1;
  if (overcommit >> mode) {
    EXPECT_EQ(overcommit_mode(), mode);
  }
  std::ifstream huge("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string modes;
  if (std::getline(huge, modes)) {
    EXPECT_NE(modes.find("[" + huge_page_mode() + "]"), std::string::npos) << modes;
  } else {
    EXPECT_EQ(huge_page_mode(), "");
  }
}

TEST(procfs, knows_the_nodes_that_this_process_may_use) {
  const std::optional<node_set> nodes = allowed_nodes();
  if (!nodes) GTEST_SKIP() << "the kernel has no Mems_allowed_list";
  EXPECT_FALSE(nodes->empty());
}

TEST(procfs, knows_what_a_node_has) {
  if (!std::ifstream("/sys/devices/system/node/node0/meminfo")) {
    GTEST_SKIP() << "the kernel lists no nodes";
  }
  EXPECT_TRUE(free_bytes(node_id{0}).has_value());
  EXPECT_TRUE(node_has_cpus(node_id{0}).has_value());
}

TEST(procfs, is_empty_about_nodes_that_do_not_exist) {
  EXPECT_EQ(free_bytes(node_id{1023}), std::nullopt);
  EXPECT_EQ(node_has_cpus(node_id{1023}), std::nullopt);
}

TEST(procfs, says_on_which_node_a_mapping_lies) {
  const mapped_pages own(1 << 20);
  std::fill_n(own.data(), 1 << 20, 'x');
  const auto mappings = mapping_nodes();
  if (!mappings) GTEST_SKIP() << "no numa_maps here";
  ASSERT_FALSE(mappings->empty());
  EXPECT_TRUE(std::ranges::is_sorted(*mappings, {}, &mapping_node::begin));
  const auto nodes = allowed_nodes();
  const auto node = node_of_mapping(*mappings, own.data() + 5000);
  if (nodes && node) {
    EXPECT_TRUE(nodes->contains(*node));
  }
}

TEST(procfs, counts_the_time_of_all_cpus) {
  const std::optional<cpu_time> before = spent_cpu_time();
  if (!before) GTEST_SKIP() << "/proc/stat cannot be read here";
  EXPECT_GT(before->busy, 0);
  const std::optional<cpu_time> after = spent_cpu_time();
  ASSERT_TRUE(after);
  EXPECT_GE(after->busy, before->busy);
  EXPECT_GE(after->stolen, before->stolen);
}

TEST(procfs, says_the_same_of_a_hypervisor_each_time) {
  EXPECT_EQ(is_virtual_machine(), is_virtual_machine());
}

}  // namespace
}  // namespace nearmem
