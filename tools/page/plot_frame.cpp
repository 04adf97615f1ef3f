#include "tools/page/plot_frame.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>

namespace nearmem::page {
namespace {

constexpr double line_height = 16;
constexpr double tick_gap = 6;  // between a tick's number and the plot

// Numbers of the ticks, exact enough to tell them apart. Powers along a logarithmic axis need no
// more than their own digits.
std::vector<std::string> texts(const std::vector<double>& at, scale kept, unit kind) {
  std::vector<std::string> shown;
  const bool even = kept == scale::linear && at.size() > 1;
  shown.reserve(at.size());
  for (double value : at)
    shown.push_back(show_value(value, kind, even ? at[1] - at[0] : 0));
  return shown;
}

}  // namespace

plot_frame::plot_frame(content of) : of_(std::move(of)) {
  lay_out_y();
  lay_out_x();
  lay_out_marks();
}

void plot_frame::lay_out_y() {
  constexpr std::size_t most = 7;
  const std::vector<double> at = ticks(of_.y_shown, of_.y.kept, of_.y.kind, most);
  const std::vector<std::string> shown = texts(at, of_.y.kept, of_.y.kind);
  double widest = text_width("0");
  for (std::size_t i = 0; i < at.size(); ++i) {
    widest = std::max(widest, text_width(shown[i]));
    y_labels_.push_back({at[i], shown[i]});
  }
  left_ = std::min(widest + 2 * tick_gap, of_.width / 3);
  right_ = of_.width - 2 * line_height;
}

void plot_frame::lay_out_x() {
  const scaling place(of_.x_shown, of_.x.kept, left_, right_);
  // As many numbers as do not touch each other.
  for (std::size_t most = 12; most >= 2; --most) {
    const std::vector<double> at = ticks(of_.x_shown, of_.x.kept, of_.x.kind, most);
    const std::vector<std::string> shown = texts(at, of_.x.kept, of_.x.kind);
    x_labels_.clear();
    double last = 0;
    bool touch = false;
    for (std::size_t i = 0; i < at.size(); ++i) {
      const double half = text_width(shown[i]) / 2;
      const double middle = place.place_inside(at[i]).value_or(left_);
      touch = touch || middle - half < last;
      last = middle + half + tick_gap;
      x_labels_.push_back({at[i], shown[i]});
    }
    if (!touch) return;
  }
}

void plot_frame::lay_out_marks() {
  const scaling place(of_.x_shown, of_.x.kept, left_, right_);
  std::vector<marked_value> sorted = of_.marks;
  std::sort(sorted.begin(), sorted.end(), [](const marked_value& a, const marked_value& b) {
    return std::tie(a.at, a.label) < std::tie(b.at, b.label);
  });
  std::vector<double> rows;  // where each row's last label ends
  for (const marked_value& mark : sorted) {
    const std::optional<double> at = place.place(mark.at);
    if (!at) continue;
    const std::string text = fitted(mark.label, (right_ - left_) * 0.6);
    const double width = text_width(text);
    const bool turns = *at + width > of_.width;
    const double begin = turns ? *at - width : *at;
    std::size_t row = 0;
    while (row < rows.size() && rows[row] > begin)
      ++row;
    if (row == rows.size()) rows.push_back(0);
    rows[row] = begin + width + tick_gap;
    marks_.push_back({*at, *at, turns ? anchor::end : anchor::start, row, text});
  }
  const double label_row = of_.y.label.empty() ? 0 : line_height + 4;
  top_ = label_row + line_height * static_cast<double>(rows.size()) + line_height / 2;
  bottom_ = top_ + of_.plot_height;
}

void plot_frame::draw_under(svg& picture) const {
  if (!of_.y.label.empty()) {
    picture.text({0, line_height - 4}, anchor::start, fitted(of_.y.label, of_.width), "axis");
  }
  for (const label& each : y_labels_) {
    const double at = y().place_inside(each.at).value_or(bottom_);
    picture.line({left_, at}, {right_, at}, "grid");
    picture.text({left_ - tick_gap, at + 4}, anchor::end, each.text, "tick");
  }
  for (const label& each : x_labels_) {
    const double at = x().place_inside(each.at).value_or(left_);
    picture.line({at, bottom_}, {at, bottom_ + 4}, "edge");
    picture.text({at, bottom_ + line_height + 2}, anchor::middle, each.text, "tick");
  }
  picture.line({left_, bottom_}, {right_, bottom_}, "edge");
  if (!of_.x.label.empty()) {
    picture.text({(left_ + right_) / 2, bottom_ + below - 6}, anchor::middle,
                 fitted(of_.x.label, right_ - left_), "axis");
  }
  for (const placed_mark& mark : marks_) {
    const double text_bottom = top_ - 4 - line_height * static_cast<double>(mark.row);
    picture.line({mark.at, text_bottom + 2}, {mark.at, bottom_}, "mark");
    picture.text({mark.text_at, text_bottom}, mark.stands, mark.text, "marked");
  }
}

void plot_frame::draw_over(svg& picture) const {
  std::vector<marked_value> sorted = of_.limits;
  std::sort(sorted.begin(), sorted.end(), [](const marked_value& a, const marked_value& b) {
    return std::tie(a.at, a.label) > std::tie(b.at, b.label);
  });
  std::vector<double> taken;
  auto is_free = [&taken](double at) {
    return std::none_of(taken.begin(), taken.end(),
                        [at](double other) { return std::abs(other - at) < line_height - 2; });
  };
  for (const marked_value& limit : sorted) {
    const std::optional<double> at = y().place(limit.at);
    if (!at) continue;
    picture.line({left_, *at}, {right_, *at}, "limit");
    // Above its line, or below where that is taken. At the left, where curves have yet to rise.
    const double above = *at - 5;
    const double text_at = is_free(above) ? above : *at + 13;
    taken.push_back(text_at);
    picture.text({left_ + 6, text_at}, anchor::start, fitted(limit.label, right_ - left_),
                 "limited");
  }
}

}  // namespace nearmem::page
