#include "tests/tools/loopback_fetch.hpp"

#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nearmem {

std::string fetch(std::uint16_t port, const std::string& path, const std::string& accept) {
  const int stream = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (stream < 0) return "";
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  const std::string formats = accept.empty() ? "" : "Accept: " + accept + "\r\n";
  const std::string request =
      "GET " + path + " HTTP/1.0\r\nHost: 127.0.0.1\r\n" + formats + "Connection: close\r\n\r\n";
  if (::connect(stream, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(stream, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size())) {
    std::array<char, 4096> part{};
    for (ssize_t got = 0; (got = ::recv(stream, part.data(), part.size(), 0)) > 0;)
      answer.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(stream);
  return answer;
}

}  // namespace nearmem
