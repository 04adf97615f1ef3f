#include "tools/fullnode_metrics.hpp"

#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <CivetServer.h>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <prometheus/text_serializer.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/command.hpp"
#include "tools/fullnode_families.hpp"
#include "tools/fullnode_open_metrics.hpp"

namespace nearmem::tools {
namespace {

constexpr const char* open_metrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
constexpr const char* text_format = "text/plain; version=0.0.4; charset=utf-8";

// Whoever does not say that he reads OpenMetrics, and says that he reads text, gets the format
// before it: a browser shows that, and old scrapers know no other.
bool wants_open_metrics(std::string_view accepted) {
  return accepted.find("application/openmetrics-text") != std::string_view::npos ||
         accepted.find("text/") == std::string_view::npos;
}

// The newest sample, for the server's threads.
class newest_sample final : public CivetHandler {
 public:
  void set(const fullnode::run_sample& sample) {
    const std::scoped_lock lock(mutex_);
    sample_ = sample;
  }

  bool handleGet(CivetServer* /*server*/, mg_connection* connection) override {
    const char* accepted = mg_get_header(connection, "Accept");
    const bool is_open = wants_open_metrics(accepted != nullptr ? accepted : "");
    const std::string body = is_open ? to_open_metrics(families()) : to_text(families());
    const std::string head = fmt::format(
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        is_open ? open_metrics : text_format, body.size());
    mg_write(connection, head.data(), head.size());
    mg_write(connection, body.data(), body.size());
    return true;
  }

 private:
  std::vector<prometheus::MetricFamily> families() const {
    const std::scoped_lock lock(mutex_);
    return sample_ ? families_of(*sample_) : std::vector<prometheus::MetricFamily>();
  }
  static std::string to_text(const std::vector<prometheus::MetricFamily>& all) {
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, all);
    return text.str();
  }

  mutable std::mutex mutex_;
  std::optional<fullnode::run_sample> sample_;
};

// Makes the server look up: it looks whether it is to end when somebody comes, or every two
// seconds.
void come_to(std::uint16_t port) noexcept {
  const int stream = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (stream < 0) return;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Where nobody listens any more there is nobody to wake.
  [[maybe_unused]] const int came =
      ::connect(stream, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::close(stream);
}

}  // namespace

struct fullnode_metrics::server {
  explicit server(std::uint16_t port)
      : civet({"listening_ports", fmt::format("127.0.0.1:{}", port), "num_threads", "2"}) {
    civet.addHandler("/metrics", newest);
  }

  newest_sample newest;
  CivetServer civet;
};

fullnode_metrics::fullnode_metrics(std::uint16_t port) {
  try {
    server_ = std::make_unique<server>(port);
    const std::vector<int> ports = server_->civet.getListeningPorts();
    if (!ports.empty()) port_ = static_cast<std::uint16_t>(ports.front());
  } catch (const std::exception&) {
    // The server's own words do not name the port.
    throw bad_input(fmt::format("--metrics: cannot listen on port {} of 127.0.0.1", port));
  }
}

fullnode_metrics::~fullnode_metrics() {
  const std::jthread visitor([port = port_](const std::stop_token& ended) {
    while (!ended.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      come_to(port);
    }
  });
  server_->civet.close();
}

void fullnode_metrics::show(const fullnode::run_sample& sample) {
  server_->newest.set(sample);
}

}  // namespace nearmem::tools
