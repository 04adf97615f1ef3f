#include "tools/page/style_sheet.hpp"

namespace nearmem::page {

std::string_view style_sheet() {
  // --c0 to --c7 are the series' colours, told apart by eyes that see red and green alike where
  // they can be, with at least 4.5 : 1 to the background in either scheme.
  static constexpr std::string_view text = R"css(
:root { color-scheme: light dark;
  --back: #ffffff; --ink: #1b1f24; --soft: #586069; --rule: #dfe3e8; --edge: #8a939d;
  --panel: #f5f7f9; --heat: #e8590c; --warn: #fff4d6; --warnrule: #d9a400; --limit: #b3261e;
  --c0: #0a5fb4; --c1: #b24a0c; --c2: #1b7a4b; --c3: #8b3fb0; --c4: #806300; --c5: #00757f;
  --c6: #b3205f; --c7: #555b63; }
@media (prefers-color-scheme: dark) { :root {
  --back: #14171b; --ink: #e8eaed; --soft: #a3abb5; --rule: #2d333a; --edge: #6f7883;
  --panel: #1d2127; --heat: #e8691c; --warn: #33290d; --warnrule: #b58900; --limit: #ff8a80;
  --c0: #6cb2ff; --c1: #ff9d66; --c2: #5fd39a; --c3: #d59cf0; --c4: #e0c14a; --c5: #56cfe0;
  --c6: #ff85b3; --c7: #b8bec6; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--back); color: var(--ink); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  font-size: 16px; overflow-wrap: anywhere; }
main { max-width: 800px; margin: 0 auto; padding: 16px 20px 48px; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 12px 0; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 40px 0 8px; padding-top: 12px;
  border-top: 1px solid var(--rule); }
.lead { font-size: 1.08rem; }
.remark { background: var(--warn); border-left: 4px solid var(--warnrule); padding: 8px 12px; }
.note, footer { color: var(--soft); font-size: 0.875rem; margin: 6px 0; }
footer { margin-top: 40px; border-top: 1px solid var(--rule); padding-top: 12px; }
a { color: var(--c0); }
nav ul { columns: 2 220px; padding-left: 20px; margin: 16px 0; }
nav li, .legend li { break-inside: avoid; }
nav a { display: inline-block; padding: 3px 0; }
dt { font-weight: 600; margin-top: 8px; }
dd { margin: 0 0 0 16px; color: var(--soft); }
figure { margin: 24px 0; }
figcaption, caption { font-weight: 600; text-align: left; margin-bottom: 6px; }
.scroll { overflow-x: auto; max-width: 100%; margin: 8px 0; overflow-wrap: normal; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 8px; text-align: left; border-bottom: 1px solid var(--rule);
  vertical-align: top; }
thead th { color: var(--soft); vertical-align: bottom; }
tbody th { font-weight: 500; }
th.r, td.r { text-align: right; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; }
details { margin: 6px 0; }
summary { color: var(--soft); font-size: 0.875rem; cursor: pointer; padding: 4px 0; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; padding: 0;
  margin: 0 0 6px; font-size: 0.875rem; }
.legend li { display: flex; align-items: center; gap: 7px; }
.swatch { width: 34px; height: 14px; flex: none; }
svg { overflow: visible; }
svg.wide, svg.narrow { display: block; width: 100%; height: auto; }
svg.narrow { display: none; }
svg.natural { display: block; max-width: none; }
@media (max-width: 559px) { svg.wide { display: none; } svg.narrow { display: block; } }
svg text { font-size: 12px; fill: var(--ink); font-variant-numeric: tabular-nums; }
svg .axis, svg .tick { fill: var(--soft); }
svg .faint, svg .empty { fill: var(--soft); font-style: italic; }
svg .marked, svg .limited { paint-order: stroke; stroke: var(--back); stroke-width: 4px;
  stroke-linejoin: round; }
svg .limited { fill: var(--limit); font-weight: 600; }
.grid { stroke: var(--rule); stroke-width: 1; }
.edge { stroke: var(--edge); stroke-width: 1; }
.mark { stroke: var(--edge); stroke-width: 1; stroke-dasharray: 2 3; }
.limit { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 8 4; }
.series { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: butt; }
.d1 { stroke-dasharray: 9 4; } .d2 { stroke-dasharray: 3 3; } .d3 { stroke-dasharray: 10 3 2 3; }
.d4 { stroke-dasharray: 14 4 2 3 2 4; }
.point { stroke: var(--back); stroke-width: 1; }
.bar { fill: var(--c0); fill-opacity: 0.75; }
.whisker { stroke: var(--ink); } .whisker, .series.whisker { stroke-width: 1.5; }
.heat { fill: var(--heat); }
.unmeasured { fill: none; stroke: var(--edge); stroke-width: 1; stroke-dasharray: 3 3; }
.series.c0 { stroke: var(--c0); } .point.c0 { fill: var(--c0); }
.series.c1 { stroke: var(--c1); } .point.c1 { fill: var(--c1); }
.series.c2 { stroke: var(--c2); } .point.c2 { fill: var(--c2); }
.series.c3 { stroke: var(--c3); } .point.c3 { fill: var(--c3); }
.series.c4 { stroke: var(--c4); } .point.c4 { fill: var(--c4); }
.series.c5 { stroke: var(--c5); } .point.c5 { fill: var(--c5); }
.series.c6 { stroke: var(--c6); } .point.c6 { fill: var(--c6); }
.series.c7 { stroke: var(--c7); } .point.c7 { fill: var(--c7); }
)css";
  return text;
}

}  // namespace nearmem::page
