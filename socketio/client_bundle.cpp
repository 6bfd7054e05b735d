#include "socketio/detail/client_bundle.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#ifndef SOCKETIO_CLIENT_DIR
#define SOCKETIO_CLIENT_DIR ""
#endif

namespace socketio::detail {

namespace {

// The names that Node serves, and no others.
constexpr std::array<std::string_view, 8> file_names{"socket.io.js",
                                                     "socket.io.js.map",
                                                     "socket.io.min.js",
                                                     "socket.io.min.js.map",
                                                     "socket.io.esm.min.js",
                                                     "socket.io.esm.min.js.map",
                                                     "socket.io.msgpack.min.js",
                                                     "socket.io.msgpack.min.js.map"};

struct File {
  std::string plain;
  std::string brotli;  // empty: not there
  std::string gzip;
};

struct Bundle {
  std::string prefix;  // of the paths, with the slash at its end
  std::string version;
  std::map<std::string, File, std::less<>> files;
};

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) {
    return std::nullopt;
  }
  std::string content(static_cast<std::size_t>(file.tellg()), '\0');
  file.seekg(0).read(content.data(), static_cast<std::streamsize>(content.size()));
  return content;
}

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(" \r\n") + 1);
  return text;
}

/// The q-value of a coding in an Accept-Encoding header; 0 where it is not accepted.
double weight(std::string_view header, std::string_view coding) {
  while (!header.empty()) {
    std::string_view item = header.substr(0, header.find(','));
    header.remove_prefix(std::min(header.size(), item.size() + 1));
    item.remove_prefix(std::min(item.size(), item.find_first_not_of(' ')));
    const std::string_view name = item.substr(0, item.find_first_of("; "));
    if (name != coding) {
      continue;
    }
    const std::size_t q = item.find("q=");
    double value = 1;
    if (q != std::string_view::npos) {
      std::from_chars(item.data() + q + 2, item.data() + item.size(), value);
    }
    return value;
  }
  return 0;
}

/// The body the client likes best, and its coding.
std::pair<const std::string*, std::string_view> choose(const File& file,
                                                       std::string_view accepted) {
  const double brotli = file.brotli.empty() ? 0 : weight(accepted, "br");
  const double gzip = file.gzip.empty() ? 0 : weight(accepted, "gzip");
  if (brotli > 0 && brotli >= gzip) {
    return {&file.brotli, "br"};
  }
  if (gzip > 0) {
    return {&file.gzip, "gzip"};
  }
  return {&file.plain, ""};
}

bool is_current(const engineio::HttpRequest& request, const std::string& etag) {
  const auto known = request.headers.get("if-none-match");
  return known && (*known == etag || *known == "W/" + etag);
}

engineio::HttpResponse serve(const engineio::HttpRequest& request, std::string_view name,
                             const File& file, const std::string& version) {
  const std::string etag = '"' + version + '"';
  engineio::HttpResponse response;
  if (is_current(request, etag)) {
    response.status = 304;
    return response;
  }
  response.headers.add("Cache-Control", "public, max-age=0");
  response.headers.add("Content-Type", name.ends_with(".map")
                                           ? "application/json; charset=utf-8"
                                           : "application/javascript; charset=utf-8");
  response.headers.add("ETag", etag);
  const auto [body, coding] = choose(file, request.headers.get("accept-encoding").value_or(""));
  if (!coding.empty()) {
    response.headers.add("content-encoding", coding);
  }
  response.body = *body;
  return response;
}

std::string directory_of(const Options& options) {
  return options.client_directory.empty() ? SOCKETIO_CLIENT_DIR : options.client_directory;
}

Bundle load(const std::string& path, const std::string& directory) {
  Bundle bundle;
  bundle.prefix = path.ends_with('/') ? path : path + "/";
  bundle.version = trimmed(read_file(directory + "/version").value_or(""));
  for (const std::string_view name : file_names) {
    const std::string file = directory + "/" + std::string(name);
    if (auto plain = read_file(file)) {
      bundle.files.emplace(name, File{std::move(*plain), read_file(file + ".br").value_or(""),
                                      read_file(file + ".gz").value_or("")});
    }
  }
  return bundle;
}

}  // namespace

engineio::Options::Middleware make_client_bundle(const std::string& path, const Options& options) {
  if (!options.serve_client) {
    return nullptr;
  }
  auto bundle = std::make_shared<const Bundle>(load(path, directory_of(options)));
  if (bundle->files.empty() || bundle->version.empty()) {
    if (!options.client_directory.empty()) {
      throw std::invalid_argument("client_directory must hold socket.io.js and a file `version`: " +
                                  options.client_directory);
    }
    return nullptr;
  }
  return [bundle](const engineio::HttpRequest& request,
                  engineio::HttpHeaders&) -> std::optional<engineio::HttpResponse> {
    const std::string_view requested = request.path();
    if (!requested.starts_with(bundle->prefix)) {
      return std::nullopt;
    }
    const auto file = bundle->files.find(requested.substr(bundle->prefix.size()));
    if (file == bundle->files.end()) {
      return std::nullopt;
    }
    return serve(request, file->first, file->second, bundle->version);
  };
}

}  // namespace socketio::detail
