#include "tests/adapters/support/redis_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace tests {

namespace {

constexpr int slots = 16384;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool is_listening(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected =
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(descriptor);
  return connected;
}

std::vector<char*> arguments_of(std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (std::string& word : command) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  return arguments;
}

std::size_t count_in_file(const std::string& file, std::string_view text) {
  std::ostringstream content;
  content << std::ifstream(file).rdbuf();
  std::size_t count = 0;
  for (std::size_t at = 0; (at = content.str().find(text, at)) != std::string::npos; ++at) {
    ++count;
  }
  return count;
}

std::string without_line_end(std::string text) {
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "redis_test_XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("mkdtemp failed");
  }
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

ChildProcess::ChildProcess(std::vector<std::string> command, const std::string& output_file) {
  const std::vector<char*> arguments = arguments_of(command);
  const int output = ::open(output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(output);
  if (pid_ < 0) {
    throw std::runtime_error("fork failed");
  }
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  kill();
  pid_ = std::exchange(other.pid_, 0);
  return *this;
}

void ChildProcess::signal(int number) const {
  if (pid_ > 0) {
    ::kill(pid_, number);
  }
}

bool ChildProcess::running() noexcept {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) {
    pid_ = 0;
  }
  return pid_ > 0;
}

void ChildProcess::kill() noexcept {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(std::exchange(pid_, 0), nullptr, 0);
  }
}

std::string run_program(const std::vector<std::string>& command) {
  const TemporaryFolder folder;
  const std::string file = folder.file("output");
  std::vector<std::string> words = command;
  const std::vector<char*> arguments = arguments_of(words);
  const int output = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  std::string text(static_cast<std::size_t>(::lseek(output, 0, SEEK_END)), '\0');
  const ssize_t size = ::pread(output, text.data(), text.size(), 0);
  ::close(output);
  if (status != 0 || size != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error(command.front() + " failed: " + text);
  }
  return text;
}

std::uint16_t free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  const bool bound = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(descriptor);
  if (!bound) {
    throw std::runtime_error("no free port");
  }
  return ntohs(address.sin_port);
}

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

RedisServer::RedisServer(std::vector<std::string> arguments)
    : arguments_(std::move(arguments)), port_(free_port()) {
  // Somebody else may have been faster.
  for (int attempt = 0; attempt < 5 && !try_to_start(); ++attempt) {
    port_ = free_port();
  }
  if (!process_.running()) {
    throw std::runtime_error("redis-server does not start");
  }
}

void RedisServer::start() {
  if (!try_to_start()) {
    throw std::runtime_error("redis-server does not start on " + address() + " again");
  }
}

bool RedisServer::try_to_start() {
  std::vector<std::string> command = {"redis-server", "--port",    std::to_string(port_),
                                      "--bind",       "127.0.0.1", "--dir",
                                      folder_.path(), "--save",    "",
                                      "--appendonly", "no",        "--loglevel",
                                      "notice"};
  for (std::string argument : arguments_) {
    // So that arguments can name what is not known before.
    for (const auto& [name, value] :
         {std::pair<std::string, std::string>{"{port}", std::to_string(port_)},
          {"{folder}", folder_.path()}}) {
      if (const std::size_t at = argument.find(name); at != std::string::npos) {
        argument.replace(at, name.size(), value);
      }
    }
    command.push_back(std::move(argument));
  }
  const std::size_t starts = count_in_file(folder_.file("log"), "Ready to accept connections");
  process_ = ChildProcess(command, folder_.file("log"));
  return wait_until([&] {
           return !process_.running() ||
                  count_in_file(folder_.file("log"), "Ready to accept connections") > starts;
         }) &&
         process_.running();
}

RedisSentinel::RedisSentinel(const RedisServer& master) : port_(free_port()) {
  const std::string name = " mymaster ";
  std::ofstream(folder_.file("sentinel.conf"))
      << "port " << port_ << "\nbind 127.0.0.1\ndir " << folder_.path()  //
      << "\nsentinel monitor" << name << "127.0.0.1 " << master.port() << " 1"
      << "\nsentinel down-after-milliseconds" << name << "500"
      << "\nsentinel failover-timeout" << name << "3000\n";
  process_ = ChildProcess({"redis-server", folder_.file("sentinel.conf"), "--sentinel"},
                          folder_.file("log"));
  if (!wait_until([this] { return is_listening(port_); })) {
    throw std::runtime_error("the Sentinel does not start");
  }
}

std::string RedisSentinel::cli(const std::vector<std::string>& words) const {
  std::vector<std::string> command = {"redis-cli", "-p", std::to_string(port_)};
  command.insert(command.end(), words.begin(), words.end());
  return without_line_end(run_program(command));
}

void RedisServer::pause() const { process_.signal(SIGSTOP); }
void RedisServer::resume() const { process_.signal(SIGCONT); }

std::string RedisServer::cli(const std::vector<std::string>& words) const {
  std::vector<std::string> command = {"redis-cli", "-p", std::to_string(port_)};
  command.insert(command.end(), words.begin(), words.end());
  return without_line_end(run_program(command));
}

RedisCluster::RedisCluster(std::size_t masters) {
  for (std::size_t i = 0; i < masters; ++i) {
    add_node();
  }
  for (std::size_t i = 0; i < masters; ++i) {
    const auto first = i * slots / masters;
    const auto last = (i + 1) * slots / masters - 1;
    masters_[i]->cli({"cluster", "addslotsrange", std::to_string(first), std::to_string(last)});
    masters_[i]->cli({"cluster", "set-config-epoch", std::to_string(i + 1)});
  }
  for (std::size_t i = 1; i < masters; ++i) {
    meet(i);
  }
  for (const auto& master : masters_) {
    const auto info = [&](const char* line) {
      return master->cli({"cluster", "info"}).find(line) != std::string::npos;
    };
    if (!wait_until([&] { return info("state:ok") && info("slots_ok:16384"); },
                    std::chrono::seconds(30))) {
      throw std::runtime_error("the cluster does not come up");
    }
  }
}

RedisServer& RedisCluster::add_node() {
  bus_ports_.push_back(free_port());
  masters_.push_back(std::make_unique<RedisServer>(std::vector<std::string>{
      "--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-config-file",
      "nodes.conf", "--cluster-port", std::to_string(bus_ports_.back())}));
  return *masters_.back();
}

void RedisCluster::meet(std::size_t index) {
  masters_[0]->cli({"cluster", "meet", "127.0.0.1", std::to_string(masters_[index]->port()),
                    std::to_string(bus_ports_[index])});
}

RedisServer& RedisCluster::add_replica(std::size_t of) {
  RedisServer& replica = add_node();
  meet(masters_.size() - 1);
  const std::string master = id(of);
  const bool replicates = wait_until([&] {
    return replica.cli({"cluster", "nodes"}).find(master) != std::string::npos &&
           replica.cli({"cluster", "replicate", master}) == "OK";
  });
  const auto up = [&] {
    return replica.cli({"info", "replication"}).find("link_status:up") != std::string::npos &&
           masters_[1]->cli({"cluster", "replicas", master}).find("slave") != std::string::npos;
  };
  if (!replicates || !wait_until(up, std::chrono::seconds(30))) {
    throw std::runtime_error("the replica does not come up");
  }
  return replica;
}

std::vector<std::string> RedisCluster::nodes() const {
  std::vector<std::string> nodes;
  for (const auto& master : masters_) {
    nodes.push_back(master->address());
  }
  return nodes;
}

std::size_t RedisCluster::owner(std::uint16_t slot) const {
  std::size_t index = 0;
  while ((index + 1) * slots / masters_.size() - 1 < slot) {
    ++index;
  }
  return index;
}

std::string RedisCluster::id(std::size_t index) const {
  return masters_[index]->cli({"cluster", "myid"});
}

void RedisCluster::move_slot(std::uint16_t slot, std::size_t to) {
  const std::string new_owner = id(to);
  const std::string number = std::to_string(slot);
  // Only who imports a slot gets a new epoch with it. Without one, a heartbeat of the former owner
  // that is still on its way wins, and then each of the two says that the other has the slot.
  const std::string any_other = id((to + 1) % masters_.size());
  masters_[to]->cli({"cluster", "setslot", number, "importing", any_other});
  masters_[to]->cli({"cluster", "setslot", number, "node", new_owner});
  for (const auto& master : masters_) {
    master->cli({"cluster", "setslot", number, "node", new_owner});
  }
}

Certificates::Certificates() {
  const auto authority = [this](const std::string& name) {
    run_program({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                 "/CN=" + name, "-keyout", file(name + ".key"), "-out", file(name + ".crt")});
  };
  const auto server = [this](const std::string& name, const std::string& alternatives) {
    const std::string extensions = file(name + ".ext");
    std::ofstream(extensions) << "subjectAltName=" << alternatives << '\n';
    run_program({"openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + name,
                 "-keyout", file(name + ".key"), "-out", file(name + ".csr")});
    run_program({"openssl", "x509", "-req", "-days", "2", "-in", file(name + ".csr"), "-CA",
                 file("ca.crt"), "-CAkey", file("ca.key"), "-CAcreateserial", "-extfile",
                 extensions, "-out", file(name + ".crt")});
  };
  authority("ca");
  authority("stranger");
  server("server", "DNS:localhost,IP:127.0.0.1");
  server("other", "DNS:other.example");
}

}  // namespace tests
