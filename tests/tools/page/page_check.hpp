#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace nearmem::page {

// What two parsers of Python's find wrong with each page, in one line; empty where it is good.
// Nothing where Python is not here. check_page.py says what is looked at.
std::optional<std::vector<std::string>> complaints(std::span<const std::string> pages);

// Expects that the page is good; skips the test where Python is not here.
void expect_good_page(const std::string& page);

}  // namespace nearmem::page
