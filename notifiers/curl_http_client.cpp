#include "notifiers/curl_http_client.hpp"

#include "notifiers/curl_transfer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <list>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

namespace shouwang::notifiers {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// libcurl counts its users itself but its first start is not safe against a second thread.
void start_libcurl()
{
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) throw std::runtime_error("libcurl cannot start");
}

// Readiness of one of libcurl's sockets. The descriptor is borrowed: libcurl closes it.
struct SocketWatch {
    SocketWatch(const asio::any_io_executor& loop, curl_socket_t socket) : descriptor(loop, socket)
    {}
    SocketWatch(const SocketWatch&) = delete;
    SocketWatch& operator=(const SocketWatch&) = delete;
    ~SocketWatch() { forget(); }

    void forget()
    {
        if (descriptor.is_open()) descriptor.release();
    }

    asio::posix::stream_descriptor descriptor;
    bool wants_read = false;
    bool wants_write = false;
    bool reading = false;  // a wait is under way
    bool writing = false;
};

}  // namespace

// All transfers of one client. Nothing here runs inside a callback of libcurl's except the two that
// note what it wants to be told of; transfers are ended and coroutines woken only after it
// returned.
class CurlHttpClient::Exchanges : public std::enable_shared_from_this<Exchanges> {
public:
    Exchanges(asio::any_io_executor loop, HttpLimits limits, std::string ca_file);
    Exchanges(const Exchanges&) = delete;
    Exchanges& operator=(const Exchanges&) = delete;
    ~Exchanges() { stop(); }

    [[nodiscard]] const asio::any_io_executor& loop() const noexcept { return loop_; }
    [[nodiscard]] const HttpLimits& limits() const noexcept { return limits_; }

    // Starts it, lets it wait for a place, or settles it at once.
    void enter(CurlTransfer& transfer);

    // Takes it out wherever it stands. Safe at any time, also after stop().
    void leave(CurlTransfer& transfer);

    // Settles everything as cancelled and lets go of libcurl.
    void stop();

private:
    static int on_socket(CURL*, curl_socket_t socket, int wanted, void* self, void*);
    static int on_timer(CURLM*, long wait_ms, void* self);

    void watch(curl_socket_t socket, int wanted);
    void arm(const std::shared_ptr<SocketWatch>& watch);
    void set_timer(long wait_ms);
    void drive(curl_socket_t socket, int ready);
    void collect();
    void admit();
    void start(CurlTransfer& transfer);
    void detach(CurlTransfer& transfer);

    asio::any_io_executor loop_;
    HttpLimits limits_;
    std::string ca_file_;
    CURLM* multi_ = nullptr;  // null once stopped
    asio::steady_timer timer_;
    std::map<curl_socket_t, std::shared_ptr<SocketWatch>> watches_;
    std::list<CurlTransfer*> waiting_;         // in order of arrival
    std::set<CurlTransfer*> active_;           // added to multi_
    std::map<std::string, std::size_t> busy_;  // active transfers a host; never zero
};

CurlHttpClient::Exchanges::Exchanges(
    asio::any_io_executor loop, HttpLimits limits, std::string ca_file
)
    : loop_(std::move(loop)), limits_(limits), ca_file_(std::move(ca_file)), timer_(loop_)
{
    if (limits.attempt.count() <= 0 || limits.per_host == 0 || limits.total == 0 ||
        limits.waiting == 0 || limits.body_bytes_max == 0)
        throw std::invalid_argument("an HTTP limit is zero");
    start_libcurl();
    multi_ = curl_multi_init();
    if (multi_ == nullptr) throw std::runtime_error("libcurl has no memory");
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Exchanges::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Exchanges::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, long{CURLPIPE_NOTHING});
    // Connections are counted by admit(), not by libcurl: its own pending queue has no deadline.
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(limits.total));
}

void CurlHttpClient::Exchanges::stop()
{
    if (multi_ == nullptr) return;
    for (CurlTransfer* transfer : std::exchange(waiting_, {}))
        transfer->settle(make_error_code(HttpErrc::CancelledUnsent));
    while (!active_.empty()) {
        CurlTransfer& transfer = **active_.begin();
        const auto fault = transfer.has_sent() ? HttpErrc::Cancelled : HttpErrc::CancelledUnsent;
        detach(transfer);
        transfer.settle(make_error_code(fault));
    }
    curl_multi_cleanup(multi_);  // closes the kept connections, and calls on_socket for them
    multi_ = nullptr;
    for (auto& [socket, watch] : watches_) watch->forget();
    watches_.clear();
    timer_.cancel();
}

void CurlHttpClient::Exchanges::enter(CurlTransfer& transfer)
{
    if (multi_ == nullptr) {
        transfer.settle(make_error_code(HttpErrc::CancelledUnsent));
    } else if (!transfer.is_sendable()) {
        transfer.settle(make_error_code(HttpErrc::BadRequest));
    } else if (waiting_.size() >= limits_.waiting) {
        transfer.settle(make_error_code(HttpErrc::QueueFull));
    } else {
        waiting_.push_back(&transfer);
        admit();
    }
}

void CurlHttpClient::Exchanges::leave(CurlTransfer& transfer)
{
    waiting_.remove(&transfer);
    if (!active_.contains(&transfer)) return;
    detach(transfer);
    admit();
}

void CurlHttpClient::Exchanges::admit()
{
    for (auto next = waiting_.begin(); next != waiting_.end() && active_.size() < limits_.total;) {
        CurlTransfer& transfer = **next;
        const auto busy = busy_.find(transfer.host());
        if (busy != busy_.end() && busy->second >= limits_.per_host) {
            ++next;
            continue;
        }
        next = waiting_.erase(next);
        start(transfer);
    }
}

void CurlHttpClient::Exchanges::start(CurlTransfer& transfer)
{
    if (!transfer.prepare(ca_file_) || curl_multi_add_handle(multi_, transfer.easy()) != CURLM_OK) {
        transfer.release_easy();
        transfer.settle(make_error_code(HttpErrc::BadRequest));
        return;
    }
    active_.insert(&transfer);
    ++busy_[transfer.host()];
}

void CurlHttpClient::Exchanges::detach(CurlTransfer& transfer)
{
    curl_multi_remove_handle(multi_, transfer.easy());
    transfer.release_easy();
    active_.erase(&transfer);
    const auto busy = busy_.find(transfer.host());
    if (--busy->second == 0) busy_.erase(busy);
}

void CurlHttpClient::Exchanges::drive(curl_socket_t socket, int ready)
{
    if (multi_ == nullptr) return;
    int running = 0;
    curl_multi_socket_action(multi_, socket, ready, &running);
    collect();
}

void CurlHttpClient::Exchanges::collect()
{
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        // `message` does not survive the handle's removal.
        const CURLcode code = message->data.result;
        char* self = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
        auto& transfer = *static_cast<CurlTransfer*>(static_cast<void*>(self));
        HttpResult result = transfer.outcome(code);
        detach(transfer);
        transfer.settle(std::move(result));
    }
    admit();
}

int CurlHttpClient::Exchanges::on_socket(CURL*, curl_socket_t socket, int wanted, void* self, void*)
{
    static_cast<Exchanges*>(self)->watch(socket, wanted);
    return 0;
}

int CurlHttpClient::Exchanges::on_timer(CURLM*, long wait_ms, void* self)
{
    static_cast<Exchanges*>(self)->set_timer(wait_ms);
    return 0;
}

void CurlHttpClient::Exchanges::watch(curl_socket_t socket, int wanted)
{
    const auto known = watches_.find(socket);
    if (wanted == CURL_POLL_REMOVE) {
        if (known == watches_.end()) return;
        // Before libcurl closes it: the number may be another socket's a moment later.
        known->second->forget();
        watches_.erase(known);
        return;
    }
    auto& watch = known == watches_.end() ? watches_[socket] : known->second;
    if (!watch) watch = std::make_shared<SocketWatch>(loop_, socket);
    watch->wants_read = wanted == CURL_POLL_IN || wanted == CURL_POLL_INOUT;
    watch->wants_write = wanted == CURL_POLL_OUT || wanted == CURL_POLL_INOUT;
    arm(watch);
}

void CurlHttpClient::Exchanges::arm(const std::shared_ptr<SocketWatch>& watch)
{
    using Kind = asio::posix::stream_descriptor::wait_type;
    const auto wait = [&](Kind kind, bool SocketWatch::*wants, bool SocketWatch::*waits, int ready
                      ) {
        if (!((*watch).*wants) || (*watch).*waits) return;
        (*watch).*waits = true;
        watch->descriptor.async_wait(
            kind,
            [weak = weak_from_this(), watch, wants, waits, ready](error_code fault) {
                (*watch).*waits = false;
                const auto self = weak.lock();
                if (!self || fault == asio::error::operation_aborted) return;
                if (!watch->descriptor.is_open() || !((*watch).*wants)) return;
                self->drive(watch->descriptor.native_handle(), fault ? CURL_CSELECT_ERR : ready);
                if (watch->descriptor.is_open()) self->arm(watch);
            }
        );
    };
    wait(Kind::wait_read, &SocketWatch::wants_read, &SocketWatch::reading, CURL_CSELECT_IN);
    wait(Kind::wait_write, &SocketWatch::wants_write, &SocketWatch::writing, CURL_CSELECT_OUT);
}

void CurlHttpClient::Exchanges::set_timer(long wait_ms)
{
    if (wait_ms < 0) {
        timer_.cancel();
        return;
    }
    // libcurl asks for 0 again and again while its resolver thread works: the loop would spin.
    timer_.expires_after(std::chrono::milliseconds(std::max(wait_ms, 1L)));
    timer_.async_wait([weak = weak_from_this()](error_code fault) {
        const auto self = weak.lock();
        if (self && !fault) self->drive(CURL_SOCKET_TIMEOUT, 0);
    });
}

// Takes the transfer out when the coroutine ends, however it ends: finished, cancelled or destroyed
// while it was suspended.
class CurlHttpClient::Ticket {
public:
    Ticket(Exchanges& exchanges, CurlTransfer& transfer)
        : exchanges_(exchanges), transfer_(transfer)
    {
        exchanges_.enter(transfer_);
    }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket() { exchanges_.leave(transfer_); }

private:
    Exchanges& exchanges_;
    CurlTransfer& transfer_;
};

CurlHttpClient::CurlHttpClient(asio::any_io_executor loop, HttpLimits limits, std::string ca_file)
    : exchanges_(std::make_shared<Exchanges>(std::move(loop), limits, std::move(ca_file)))
{}

CurlHttpClient::~CurlHttpClient()
{
    exchanges_->stop();
}

asio::awaitable<HttpResult> CurlHttpClient::post(HttpRequest request)
{
    return exchange(exchanges_, HttpMethod::Post, std::move(request));
}

asio::awaitable<HttpResult> CurlHttpClient::get(std::string url, std::vector<HttpHeader> headers)
{
    HttpRequest request(std::move(url), std::move(headers), std::string());
    return exchange(exchanges_, HttpMethod::Get, std::move(request));
}

asio::awaitable<HttpResult> CurlHttpClient::exchange(
    std::shared_ptr<Exchanges> exchanges, HttpMethod method, HttpRequest request
)
{
    CurlTransfer transfer(exchanges->loop(), method, std::move(request), exchanges->limits());
    const Ticket ticket(*exchanges, transfer);
    if (!transfer.result()) {
        // One timer is the attempt's deadline and the coroutine's bell: settle() cancels it.
        auto bell = transfer.deadline().async_wait(asio::as_tuple(asio::use_awaitable));
        const std::tuple<error_code> rung = co_await std::move(bell);
        if (!transfer.result()) {
            const bool sent = transfer.has_sent();
            const bool late = !std::get<0>(rung);
            if (late)
                co_return make_error_code(sent ? HttpErrc::TimedOut : HttpErrc::TimedOutUnsent);
            co_return make_error_code(sent ? HttpErrc::Cancelled : HttpErrc::CancelledUnsent);
        }
    }
    co_return *transfer.result();
}

}  // namespace shouwang::notifiers
