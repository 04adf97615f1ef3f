#pragma once

#include <string_view>

namespace nearmem::page {

// How a page looks: one column for phones and desks, colours for light and for dark. It holds no
// character that HTML or XML would take for markup, and refers to nothing outside of the page.
std::string_view style_sheet();

}  // namespace nearmem::page
