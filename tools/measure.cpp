#include "tools/measure.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/machine.hpp>

#include "tools/measure/earlier_result.hpp"
#include "tools/measure/measured_values.hpp"
#include "tools/measure/report_json.hpp"
#include "tools/measure/report_page.hpp"
#include "tools/measure/report_text.hpp"
#include "tools/measure/session.hpp"
#include "tools/page_file.hpp"
#include "tools/progress_line.hpp"
#include "tools/text_table.hpp"

namespace nearmem::tools {
namespace {

struct measure_options {
  std::vector<std::string> only;
  bool quick = false;
  bool json = false;
  std::optional<std::string> compare;
  std::optional<std::string> xml;
  std::optional<std::string> html;
};

std::vector<std::string> part_names() {
  std::vector<std::string> names;
  names.reserve(measure::all_parts.size());
  for (const measure::part each : measure::all_parts)
    names.emplace_back(to_string(each));
  return names;
}

// In the order of all_parts, whatever the order in which they were named.
std::vector<measure::part> asked_parts(const measure_options& options) {
  std::vector<measure::part> parts;
  for (const measure::part each : measure::all_parts) {
    const bool named =
        std::find(options.only.begin(), options.only.end(), to_string(each)) != options.only.end();
    if (named || options.only.empty()) parts.push_back(each);
  }
  return parts;
}

// Found to be of this hardware before the work begins.
std::optional<measure::earlier_result> earlier_result(const measure_options& options,
                                                      const machine& here) {
  if (!options.compare) return std::nullopt;
  measure::earlier_result found;
  try {
    found = measure::read_earlier_result(*options.compare);
  } catch (const std::runtime_error& error) {
    throw bad_input(error.what());
  }
  if (found.fingerprint != here.fingerprint()) {
    throw bad_input(fmt::format("{}: of other hardware: its fingerprint is {}, this one's {}",
                                found.file, show_text(found.fingerprint), here.fingerprint()));
  }
  return found;
}

command_result run(const measure_options& options) {
  const machine& here = machine::process();
  if (!here.is_live()) {
    throw bad_input("hwloc is told to load another machine, which cannot be measured");
  }
  const std::optional<measure::earlier_result> earlier = earlier_result(options, here);
  std::optional<page_file> xml;
  std::optional<page_file> html;
  if (options.xml) xml.emplace(*options.xml);
  if (options.html) html.emplace(*options.html);
  measure::plan plan{.pages = page_source::process()};
  plan.how = options.quick ? measure::quick_effort(here) : measure::whole_effort(here);
  progress_line progress;
  measure::report measured =
      measure::run_session(plan, asked_parts(options), [&progress](double share) {
        if (progress.is_due()) progress.show(fmt::format("measuring: {:.0f} %", share * 100));
      });
  measured.quick = options.quick;
  if (earlier) measured.compared = agree(measured, *earlier);
  if (xml) xml->write(here.with_measurements(measured_values(measured)).to_xml());
  if (html) html->write(measure::to_html(measured));
  return {options.json ? measure::to_json(measured) : measure::to_text(measured), ""};
}

}  // namespace

command_work add_measure(CLI::App& app) {
  const auto options = std::make_shared<measure_options>();
  app.add_option("--only", options->only,
                 "Parts to measure, with commas between them: latency, nodes, bandwidth, cores, "
                 "interference, pages, conflicts, paths; without, all")
      ->delimiter(',')
      ->check(CLI::IsMember(part_names()))
      ->type_name("PART");
  app.add_flag("--quick", options->quick, "Less, in under ten seconds")->disable_flag_override();
  app.add_flag("--json", options->json, "Print JSON")->disable_flag_override();
  app.add_option("--compare", options->compare,
                 "Also say which figures differ from an earlier run's, as --json printed them")
      ->type_name("FILE");
  app.add_option("--xml", options->xml,
                 "Also write hwloc's XML of this machine with what was measured, for "
                 "NEARMEM_MEASURED and for lstopo")
      ->type_name("FILE");
  app.add_option("--html", options->html, "Also write a page with plots")->type_name("FILE");
  return [options] { return run(*options); };
}

}  // namespace nearmem::tools
