#include "tools/fullnode_watch.hpp"

#include <utility>

#include <fmt/format.h>

#include "tools/fullnode_page.hpp"
#include "tools/number_option.hpp"
#include "tools/standard_streams.hpp"

namespace nearmem::tools {

std::shared_ptr<watch_options> add_watch_options(CLI::App& app, CLI::Option* scenario) {
  constexpr std::uint64_t last_port = 65535;
  auto options = std::make_shared<watch_options>();
  options->metrics =
      add_number_option(app, "--metrics", options->port, 0, last_port,
                        "Serve the run's metrics at this port of 127.0.0.1; 0: any free one")
          ->type_name("PORT")
          ->needs(scenario);
  app.add_option("--html", options->html, "Write a page with the run's curves")
      ->type_name("FILE")
      ->needs(scenario);
  return options;
}

fullnode_watch::fullnode_watch(const watch_options& options, std::string name, std::string setting)
    : name_(std::move(name)), setting_(std::move(setting)), live_(name_) {
  if (options.html) page_.emplace(*options.html);
  if (options.metrics != nullptr && options.metrics->count() > 0) {
    metrics_ = std::make_unique<fullnode_metrics>(static_cast<std::uint16_t>(options.port));
    write_error(fmt::format("metrics at http://127.0.0.1:{}/metrics", metrics_->port()));
  }
}

fullnode::run_observer fullnode_watch::observer() {
  return [this](const fullnode::run_sample& sample) {
    if (metrics_) metrics_->show(sample);
    if (page_) history_.add(sample);
    live_.show(sample);
  };
}

void fullnode_watch::finish() {
  if (page_) page_->write(to_html(page_of(history_.samples(), name_, setting_)));
}

}  // namespace nearmem::tools
