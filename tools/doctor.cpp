#include "tools/doctor.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/machine.hpp>

#include "tools/doctor_json.hpp"
#include "tools/doctor_report.hpp"
#include "tools/doctor_text.hpp"
#include "tools/node_audit.hpp"

namespace nearmem::tools {
namespace {

struct doctor_options {
  bool json = false;
  bool audit = false;
  std::optional<std::string> synthetic;
  std::optional<std::string> xml;
  std::optional<std::string> measured;
};

doctor_report examine_described(const doctor_options& options) {
  try {
    return examine(options.synthetic ? machine::from_synthetic(*options.synthetic)
                                     : machine::from_xml(*options.xml),
                   nullptr);
  } catch (const machine_error& error) {
    throw bad_input(error.what());
  }
}

machine discover_measured(const std::string& file) {
  try {
    return machine::discover(std::filesystem::path(file));
  } catch (const machine_error& error) {
    throw bad_input(error.what());
  }
}

doctor_report examine_this_machine(const doctor_options& options) {
  // Throws where the machine cannot be described, which the page source would put up with.
  const machine here = options.measured ? discover_measured(*options.measured) : machine::process();
  page_source* const pages = here.is_live() ? &page_source::process() : nullptr;
  doctor_report report = examine(here, pages);
  if (options.audit && pages != nullptr) report.audits = audit_nodes(*pages);
  return report;
}

}  // namespace

command_work add_doctor(CLI::App& app) {
  const auto options = std::make_shared<doctor_options>();
  app.add_flag("--json", options->json, "Print JSON")->disable_flag_override();
  CLI::Option* const audit =
      app.add_flag("--audit", options->audit,
                   "Take a mebibyte on every node and look where its pages lie")
          ->disable_flag_override();
  CLI::Option* synthetic =
      app.add_option("--synthetic", options->synthetic,
                     "Show the machine that hwloc's synthetic notation describes, such as "
                     "'pack:2 numa:1 core:4 pu:2'")
          ->type_name("STRING")
          ->excludes(audit);
  app.add_option("--xml", options->xml, "Show the machine in a file that lstopo wrote")
      ->type_name("FILE")
      ->excludes(synthetic)
      ->excludes(audit);
  app.add_option("--measured", options->measured,
                 "Show this machine with what nearmem measure --xml wrote")
      ->type_name("FILE")
      ->excludes(synthetic)
      ->excludes("--xml");
  return [options]() -> command_result {
    const doctor_report report = options->synthetic || options->xml
                                     ? examine_described(*options)
                                     : examine_this_machine(*options);
    return {options->json ? to_json(report) : to_text(report), ""};
  };
}

}  // namespace nearmem::tools
