#include "lantai/http/front.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "connection.h"
#include "fair_queue.h"
#include "lantai/base/error.h"
#include "lantai/base/log.h"

namespace lantai::http {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;
using Next = Connection::Next;

constexpr std::size_t kTurnedAway = 128;  // connections beyond the limit that are being told so

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {
    if (value < 0) throw Error(ErrorCode::internal, "no descriptor for the HTTP server");
  }
  ~Descriptor() { ::close(value_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

// How many connections each address has. Thread-safe.
class Guests {
 public:
  // What it returns counts for `address` as long as it lives; it dies before this.
  std::shared_ptr<const void> enter(const std::string& address) {
    std::lock_guard lock(mutex_);
    const auto at = counts_.try_emplace(address, 0).first;
    ++at->second;
    return {static_cast<const void*>(this), [this, address](const void*) { leave(address); }};
  }
  std::size_t of(const std::string& address) const {
    std::lock_guard lock(mutex_);
    const auto found = counts_.find(address);
    return found == counts_.end() ? 0 : found->second;
  }

 private:
  void leave(const std::string& address) {
    std::lock_guard lock(mutex_);
    const auto found = counts_.find(address);
    if (--found->second == 0) counts_.erase(found);
  }
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> counts_;
};

constexpr std::size_t kDescriptorsWanted = 65'536;
constexpr std::size_t kDescriptorsForOthers = 256;  // store, index, files being read

// The soft limit of descriptors is often 1,024, which the connections alone would use up.
std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const auto wanted = std::min<rlim_t>(limit.rlim_max, std::max<rlim_t>(limit.rlim_cur, kDescriptorsWanted));
  const rlimit raised{wanted, limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return limit.rlim_cur;
}

ServerLimits fitted(ServerLimits limits) {
  const std::size_t descriptors = raise_descriptor_limit();
  const std::size_t most = std::max<std::size_t>(16, descriptors - std::min(descriptors, kDescriptorsForOthers));
  if (most < limits.connections) log::warning("http: {} connections at most, for want of descriptors", most);
  limits.connections = std::min(limits.connections, most);
  return limits;
}

class EpollFront final : public Front {
 public:
  EpollFront(ExchangeFactory& factory, const ServerOptions& options)
      : factory_(factory),
        limits_(fitted(options.limits)),
        listener_(Listener::open(options.address, options.port, options.tls)),
        port_(listener_->port()),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        queue_(limits_.queue) {
    if (!watch(listener_->descriptor(), EPOLLIN) || !watch(wake_.get(), EPOLLIN)) {
      throw Error(ErrorCode::internal, "the HTTP server cannot watch its socket");
    }
  }
  ~EpollFront() override { stop(milliseconds(0)); }

  void run() override {
    for (unsigned i = 0; i < std::max(1U, limits_.request_threads); ++i) threads_.emplace_back([this] { work(); });
    waiter_ = std::jthread([this] { wait_for_connections(); });
  }
  std::uint16_t port() const override { return port_; }
  std::stop_token stopping() const override { return stop_.get_token(); }
  const FrontFigures& figures() const override { return figures_; }

  void stop(milliseconds grace) override {
    std::lock_guard lock(stop_mutex_);
    if (!waiter_.joinable()) return;
    grace_ends_.store((SteadyClock::now() + grace).time_since_epoch().count());
    stop_.request_stop();
    wake();
    waiter_.join();
    queue_.close();
    threads_.clear();
    returned_.clear();
  }

 private:
  bool watch(int descriptor, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = descriptor;
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
  }
  void unwatch(int descriptor) { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr); }
  void wake() {
    const std::uint64_t one = 1;
    if (::write(wake_.get(), &one, sizeof one) < 0) log::debug("http: the waiting thread is already awake");
  }

  // Request threads.
  void work();
  Next advance(Connection& connection);

  // The waiting thread.
  void wait_for_connections();
  void react(int descriptor);
  void accept_all();
  bool make_room(const std::string* address);
  void settle(std::unique_ptr<Connection> connection, Next next);
  std::unique_ptr<Connection> enqueue(std::unique_ptr<Connection> connection, bool begun);
  void hand_over(std::unique_ptr<Connection> connection, bool begun);
  void turn_away(std::unique_ptr<Connection> connection);
  void park(std::unique_ptr<Connection> connection, Next next);
  void close(std::unique_ptr<Connection> connection);
  void take_returned();
  void expire_all();
  bool finished() const;
  std::unique_ptr<Connection> take_waiting(int descriptor);

  ExchangeFactory& factory_;
  const ServerLimits limits_;
  std::unique_ptr<Listener> listener_;
  const std::uint16_t port_;
  Descriptor epoll_, wake_;
  FrontFigures figures_;
  Guests guests_;
  FairQueue<std::unique_ptr<Connection>> queue_;                  // connections with something to do
  std::unordered_map<int, std::unique_ptr<Connection>> waiting_;  // by descriptor; only the waiting thread
  std::mutex returned_mutex_;
  std::vector<std::pair<std::unique_ptr<Connection>, Next>> returned_;
  std::stop_source stop_;
  std::atomic<SteadyClock::rep> grace_ends_{0};
  std::mutex stop_mutex_;
  std::vector<std::jthread> threads_;
  std::jthread waiter_;
};

Next EpollFront::advance(Connection& connection) {
  try {
    return connection.advance(stop_.stop_requested());
  } catch (const std::exception& error) {
    log::error("http: a request broke off: {}", error.what());
    return Next::close;
  }
}

void EpollFront::work() {
  while (auto taken = queue_.pop()) {
    auto connection = std::move(*taken);
    ++figures_.working;
    auto next = advance(*connection);
    if (next == Next::close) {
      connection.reset();
      --figures_.connections;
    } else {
      if (next == Next::work) connection = enqueue(std::move(connection), true);
      if (connection) {
        std::lock_guard lock(returned_mutex_);
        returned_.emplace_back(std::move(connection), next);
      }
    }
    --figures_.working;
    figures_.queued = queue_.size();
    wake();
  }
}

std::unique_ptr<Connection> EpollFront::take_waiting(int descriptor) {
  const auto found = waiting_.find(descriptor);
  if (found == waiting_.end()) return nullptr;
  auto connection = std::move(found->second);
  waiting_.erase(found);
  unwatch(descriptor);
  return connection;
}

void EpollFront::close(std::unique_ptr<Connection> connection) {
  connection.reset();
  --figures_.connections;
}

// Gives back which one is turned away, if one is.
std::unique_ptr<Connection> EpollFront::enqueue(std::unique_ptr<Connection> connection, bool begun) {
  const std::string address = connection->address(), caller = connection->caller();
  auto refused = queue_.push(std::move(connection), address, caller, begun);
  return refused ? std::move(*refused) : nullptr;
}

void EpollFront::hand_over(std::unique_ptr<Connection> connection, bool begun) {
  if (auto refused = enqueue(std::move(connection), begun)) return turn_away(std::move(refused));
  figures_.queued = queue_.size();
}

void EpollFront::turn_away(std::unique_ptr<Connection> connection) {
  ++figures_.refused;
  const auto next = connection->turn_away(503);
  // Room to let the refusal arrive; under a flood it is dropped with the connection.
  if (next == Next::close || figures_.connections > limits_.connections + kTurnedAway)
    return close(std::move(connection));
  park(std::move(connection), next);
}

void EpollFront::park(std::unique_ptr<Connection> connection, Next next) {
  const int descriptor = connection->descriptor();
  if (!watch(descriptor, next == Next::wait_to_write ? EPOLLOUT : EPOLLIN)) return close(std::move(connection));
  waiting_.emplace(descriptor, std::move(connection));
}

void EpollFront::settle(std::unique_ptr<Connection> connection, Next next) {
  if (next == Next::wait_to_read && connection->waiting_for_request()) {
    next = connection->read_head();  // a next request may be there already
    if (next == Next::wait_to_read && connection->idle() && stop_.stop_requested()) next = Next::close;
    if (next == Next::work) return hand_over(std::move(connection), false);
  }
  if (next == Next::work) return hand_over(std::move(connection), true);
  if (next == Next::close) return close(std::move(connection));
  park(std::move(connection), next);
}

void EpollFront::react(int descriptor) {
  if (descriptor == wake_.get()) {
    std::uint64_t count = 0;
    if (::read(wake_.get(), &count, sizeof count) < 0) log::debug("http: woken twice");
    return;
  }
  if (listener_ && descriptor == listener_->descriptor()) return accept_all();
  auto connection = take_waiting(descriptor);
  if (!connection) return;
  const bool head = connection->waiting_for_request();
  settle(std::move(connection), head ? Next::wait_to_read : Next::work);
}

void EpollFront::accept_all() {
  take_returned();  // who has had an answer waits again, and may have to give way
  for (int i = 0; i < 64; ++i) {
    auto transport = listener_->accept();
    if (!transport) {
      if (listener_->exhausted()) make_room(nullptr);
      return;
    }
    ++figures_.accepted;
    const std::string address = transport->peer().address;
    const bool welcome = guests_.of(address) < limits_.connections_per_address || make_room(&address);
    const bool room = welcome && (figures_.connections < limits_.connections || make_room(nullptr));
    auto connection = std::make_unique<Connection>(std::move(transport), factory_, limits_);
    connection->keep(guests_.enter(address));
    ++figures_.connections;
    if (room) {
      settle(std::move(connection), Next::wait_to_read);
    } else {
      turn_away(std::move(connection));
    }
  }
}

// Closes the connection that has waited longest for a (whole) request; if none waits, the one that takes its answer
// most slowly. Of `address` only, if there is one.
bool EpollFront::make_room(const std::string* address) {
  const auto now = SteadyClock::now();
  const Connection* oldest = nullptr;
  const Connection* slowest = nullptr;
  for (const auto& [descriptor, connection] : waiting_) {
    if (address != nullptr && connection->address() != *address) continue;
    if (connection->waiting_for_request()) {
      if (oldest == nullptr || connection->waiting_since() < oldest->waiting_since()) oldest = connection.get();
    } else if (const auto rate = connection->answer_rate(now)) {
      if (slowest == nullptr || *rate < slowest->answer_rate(now)) slowest = connection.get();
    }
  }
  const Connection* leaving = oldest != nullptr ? oldest : slowest;
  if (leaving == nullptr) return false;
  close(take_waiting(leaving->descriptor()));
  ++figures_.evicted;
  return true;
}

void EpollFront::take_returned() {
  std::vector<std::pair<std::unique_ptr<Connection>, Next>> returned;
  {
    std::lock_guard lock(returned_mutex_);
    returned.swap(returned_);
  }
  for (auto& [connection, next] : returned) settle(std::move(connection), next);
}

void EpollFront::expire_all() {
  const auto now = SteadyClock::now();
  const bool stopping = stop_.stop_requested();
  std::vector<int> over;
  for (const auto& [descriptor, connection] : waiting_) {
    if (connection->deadline() <= now || (stopping && connection->idle())) over.push_back(descriptor);
  }
  for (const int descriptor : over) {
    auto connection = take_waiting(descriptor);
    if (!stopping) ++figures_.timed_out;
    const auto next = stopping && connection->idle() ? Next::close : connection->expire();
    settle(std::move(connection), next);
  }
}

bool EpollFront::finished() const {
  if (!stop_.stop_requested()) return false;
  return figures_.connections == 0 || SteadyClock::now().time_since_epoch().count() >= grace_ends_.load();
}

void EpollFront::wait_for_connections() {
  std::array<epoll_event, 128> events{};
  // Deadlines are looked at this often; an eighth of the shortest, so that short ones are kept too.
  const auto shortest = std::min({limits_.header_time, limits_.idle_time, limits_.progress_time, milliseconds(4000)});
  const int tick = static_cast<int>(std::max<std::int64_t>(5, shortest.count() / 8));
  auto checked = SteadyClock::now();
  while (!finished()) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), tick);
    for (int i = 0; i < count; ++i) react(events[static_cast<std::size_t>(i)].data.fd);
    take_returned();
    if (stop_.stop_requested() && listener_) {
      unwatch(listener_->descriptor());
      listener_.reset();
    }
    if (stop_.stop_requested() || SteadyClock::now() - checked >= milliseconds(tick)) {
      expire_all();
      checked = SteadyClock::now();
    }
  }
  for (auto& [descriptor, connection] : waiting_) unwatch(descriptor);
  waiting_.clear();
}

}  // namespace

std::unique_ptr<Front> Front::open(ExchangeFactory& factory, const ServerOptions& options) {
  return std::make_unique<EpollFront>(factory, options);
}

}  // namespace lantai::http
