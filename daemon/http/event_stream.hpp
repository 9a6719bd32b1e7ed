#pragma once

#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/time_source.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace shouwang::http {

// One event as the live stream tells it. `data` is JSON without line breaks; `audience` says who
// may see it, decided when it is published, in words that only the viewers' predicates understand.
struct LiveEvent {
    std::uint64_t seq = 0;
    std::string type;
    std::string data;
    std::string audience;
};

// Who reads a stream.
struct Viewer {
    std::string identity;  // readers are counted by it
    std::function<bool(const std::string& audience)> may_see;
    std::function<bool()> still_valid;  // asked at every tick; false ends the stream
};

struct StreamLimits {
    std::size_t recent_events_max = 1024;  // kept rendered for readers that are up to date
    std::size_t recent_bytes_max = 1024 * 1024;
    std::size_t readers_max = 500;
    std::size_t readers_per_identity_max = 8;
    std::size_t replay_events_max = 128;      // asked of the replay at once
    std::size_t piece_bytes_max = 64 * 1024;  // handed to the socket at once
    std::chrono::milliseconds tick{15'000};
};

// Server-sent events to many readers, each of which is told every event it may see exactly once
// and in order, from where it says it stopped.
//
// A reader is only a position. It reads on from the recent events or, when it is further behind,
// from the replay; so no reader has a queue, a burst drops nobody, and one that does not read is
// cut by the connection's write deadline. All on one thread.
class EventStream {
public:
    // The published events after `after`, in order, at most `max` of them. Nothing: it does not
    // reach back that far. What has been published is there, what has not may be.
    using Replay =
        std::function<std::optional<std::vector<LiveEvent>>(std::uint64_t after, std::size_t max)>;

    // `head` is the sequence number of the last event before this process began.
    EventStream(
        boost::asio::any_io_executor executor,
        daemon::TimeSource& time,
        std::uint64_t head,
        Replay replay,
        StreamLimits limits = StreamLimits()
    );
    ~EventStream();
    EventStream(const EventStream&) = delete;
    EventStream& operator=(const EventStream&) = delete;

    // Tells every reader that may see it. Requires: a greater seq than any before, and the event is
    // durable. One that is not greater is logged and not told.
    void publish(LiveEvent event);

    // The response to a GET of the stream: resumes after the Last-Event-ID header (a browser's own
    // reconnect), else after ?after=, else tells what is new. An id from the future or from before
    // the replay gives `event: reset`, then what is new. 400 for an `after` that is no number, 429
    // over the identity's limit, 503 over all. The stream object outlives the response.
    [[nodiscard]] Response subscribe(const Request& request, Viewer viewer);

    // Sends ticks until cancelled or stopped.
    [[nodiscard]] boost::asio::awaitable<void> run();

    // One tick: the server's time and the newest seq, so that a reader can tell quiet from dead.
    void tick();

    // Ends every stream cleanly, and new ones as they come.
    void stop();

    [[nodiscard]] std::uint64_t head() const noexcept { return head_; }
    [[nodiscard]] std::size_t readers() const noexcept;

private:
    struct Reader;
    struct Readers;
    struct Recent {
        std::uint64_t seq;
        std::string audience;
        std::string text;
    };

    [[nodiscard]] boost::asio::awaitable<void> serve(
        std::shared_ptr<Reader> reader, StreamWriter& writer
    );
    [[nodiscard]] std::string next_piece(Reader& reader);
    void add_recent(Reader& reader, std::string& piece) const;
    void add_replayed(Reader& reader, std::string& piece);
    [[nodiscard]] std::string reset(Reader& reader, const char* why) const;

    boost::asio::any_io_executor executor_;
    daemon::TimeSource& time_;
    Replay replay_;
    StreamLimits limits_;
    std::uint64_t head_;
    std::uint64_t recent_after_;  // recent_ holds every event after this one
    std::deque<Recent> recent_;
    std::size_t recent_bytes_ = 0;
    std::shared_ptr<Readers> readers_;
    bool stopped_ = false;
};

}  // namespace shouwang::http
