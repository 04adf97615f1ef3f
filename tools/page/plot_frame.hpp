#pragma once

#include <string>
#include <vector>

#include "tools/page/axis.hpp"
#include "tools/page/scaling.hpp"
#include "tools/page/svg.hpp"

namespace nearmem::page {

// A line with a name at a value of an axis: upright for x (a cache's size), level for y (a budget).
struct marked_value {
  double at = 0;
  std::string label;
};

//   y label
//            mark 1   mark 2
//    2 MiB ┬────┊───────┊─────┐ top
//          │    ┊       ┊     │
//    1 MiB ┼----┊---limit-----│     what is plotted goes through x() and y()
//          │    ┊       ┊     │
//      0 B ┴────┴───┬───┴───┬─┘ bottom
//         left      1       2  right
//                 x label
//
// What a plot stands in: its axes with ticks and labels, marks and limits, laid out for a width.
// Marks' labels share rows above the plot as far as they do not touch. Marks and limits outside of
// what the axes show are left out.
class plot_frame {
 public:
  struct content {
    axis x;
    axis y;
    range x_shown;
    range y_shown;
    std::vector<marked_value> marks;
    std::vector<marked_value> limits;
    double width = 720;
    double plot_height = 260;
  };

  explicit plot_frame(content of);

  double height() const { return bottom_ + below; }
  double left() const { return left_; }
  double right() const { return right_; }
  double top() const { return top_; }
  double bottom() const { return bottom_; }
  scaling x() const { return {of_.x_shown, of_.x.kept, left_, right_}; }
  scaling y() const { return {of_.y_shown, of_.y.kept, bottom_, top_}; }

  // Draws what lies under the plotted lines, and what lies over them.
  void draw_under(svg& picture) const;
  void draw_over(svg& picture) const;

 private:
  // Ticks and label of x.
  static constexpr double below = 42;

  struct label {
    double at;
    std::string text;
  };
  struct placed_mark {
    double at;
    double text_at;
    anchor stands;
    std::size_t row;
    std::string text;
  };

  void lay_out_y();
  void lay_out_x();
  void lay_out_marks();

  content of_;
  double left_ = 0;
  double right_ = 0;
  double top_ = 0;
  double bottom_ = 0;
  std::vector<label> y_labels_;
  std::vector<label> x_labels_;
  std::vector<placed_mark> marks_;
};

}  // namespace nearmem::page
