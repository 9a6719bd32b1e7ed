#include "daemon/http/event_stream.hpp"

#include "daemon/http/instant_text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

namespace shouwang::http {

namespace asio = boost::asio;

namespace {

// Browsers reconnect after this; the page's own wrapper adds jitter.
constexpr std::string_view opening = "retry: 2000\n\n";

std::string render(const LiveEvent& event)
{
    return "id: " + std::to_string(event.seq) + "\nevent: " + event.type + "\ndata: " + event.data +
           "\n\n";
}

std::optional<std::uint64_t> parse_seq(std::string_view text)
{
    std::uint64_t seq = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seq);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return seq;
}

}  // namespace

// Every reader alive. Shared with them, so that one that outlives the stream can still leave.
struct EventStream::Readers {
    std::map<std::uint64_t, Reader*> all;
    std::map<std::string, std::size_t> of_identity;
    std::uint64_t next = 0;
};

// Counted from the moment the response is made to the end of its stream.
struct EventStream::Reader {
    Reader(std::shared_ptr<Readers> among, const asio::any_io_executor& executor, Viewer who)
        : readers(std::move(among)),
          viewer(std::move(who)),
          wake(executor, asio::steady_timer::time_point::max()),
          number(readers->next++)
    {
        readers->all.emplace(number, this);
        ++readers->of_identity[viewer.identity];
    }
    ~Reader()
    {
        readers->all.erase(number);
        const auto count = readers->of_identity.find(viewer.identity);
        if (--count->second == 0) readers->of_identity.erase(count);
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    void end()
    {
        ended = true;
        wake.cancel();
    }

    std::shared_ptr<Readers> readers;
    Viewer viewer;
    asio::steady_timer wake;  // cancelled whenever there is something to look at
    std::uint64_t number;
    std::uint64_t position = 0;  // the last event told, or passed over as not for this viewer
    std::optional<std::uint64_t> resume_after;
    bool unreadable_id = false;
    bool opened = false;
    bool tick_due = true;
    bool ended = false;
};

EventStream::EventStream(
    asio::any_io_executor executor,
    daemon::TimeSource& time,
    std::uint64_t head,
    Replay replay,
    StreamLimits limits
)
    : executor_(std::move(executor)),
      time_(time),
      replay_(std::move(replay)),
      limits_(limits),
      head_(head),
      recent_after_(head),
      readers_(std::make_shared<Readers>())
{}

EventStream::~EventStream() = default;

std::size_t EventStream::readers() const noexcept
{
    return readers_->all.size();
}

void EventStream::publish(LiveEvent event)
{
    if (event.seq <= head_) {
        spdlog::error("live stream: event {} published after {}; not told", event.seq, head_);
        return;
    }
    head_ = event.seq;
    std::string text = render(event);
    recent_bytes_ += text.size();
    recent_.push_back({event.seq, std::move(event.audience), std::move(text)});
    while (recent_.size() > limits_.recent_events_max ||
           (recent_bytes_ > limits_.recent_bytes_max && recent_.size() > 1)) {
        recent_after_ = recent_.front().seq;
        recent_bytes_ -= recent_.front().text.size();
        recent_.pop_front();
    }
    for (const auto& [number, reader] : readers_->all) reader->wake.cancel();
}

Response EventStream::subscribe(const Request& request, Viewer viewer)
{
    const auto header = request.header("Last-Event-ID");
    const auto query = request.query("after");
    if (!header && query && !parse_seq(*query)) {
        return problem(400, "The parameter after is the sequence number of an event.");
    }
    const auto mine = readers_->of_identity.find(viewer.identity);
    if (mine != readers_->of_identity.end() && mine->second >= limits_.readers_per_identity_max) {
        return problem(429, "Too many live streams are open under this name.");
    }
    if (stopped_ || readers_->all.size() >= limits_.readers_max) {
        return problem(503, "No further live stream can be opened now.");
    }
    const auto reader = std::make_shared<Reader>(readers_, executor_, std::move(viewer));
    reader->position = head_;
    if (header && !header->empty()) {
        reader->resume_after = parse_seq(*header);
        reader->unreadable_id = !reader->resume_after;
    } else if (query) {
        reader->resume_after = parse_seq(*query);
    }
    Response response(200, "text/event-stream", [this, reader](StreamWriter& writer) {
        return serve(reader, writer);
    });
    response.add_header("Cache-Control", "no-store, no-transform");
    response.add_header("X-Accel-Buffering", "no");  // nginx would hold events back
    return response;
}

asio::awaitable<void> EventStream::serve(std::shared_ptr<Reader> reader, StreamWriter& writer)
{
    writer.on_close([reader] { reader->end(); });
    while (!reader->ended && !stopped_) {
        const auto before = reader->position;
        std::string piece = next_piece(*reader);
        if (!piece.empty()) {
            const bool sent = co_await writer.write(std::move(piece));
            if (!sent) co_return;
        } else if (reader->position != before) {
            // A long stretch that is not for this viewer: others get their turn in between.
            co_await asio::post(executor_, asio::use_awaitable);
        } else {
            co_await reader->wake.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
}

// What the reader is to be sent next; empty if that is nothing for now. Moves its position.
std::string EventStream::next_piece(Reader& reader)
{
    std::string piece;
    if (!std::exchange(reader.opened, true)) {
        piece = opening;
        const auto after = std::exchange(reader.resume_after, std::nullopt);
        if (after && *after <= head_) reader.position = *after;
        if (reader.unreadable_id || (after && *after > head_)) piece += reset(reader, "unknown");
    }
    if (reader.position < recent_after_) {
        add_replayed(reader, piece);
    } else {
        add_recent(reader, piece);
    }
    if (std::exchange(reader.tick_due, false)) {
        piece += "event: tick\ndata: {\"at\":\"" + to_rfc3339(time_.now()) +
                 "\",\"seq\":" + std::to_string(head_) + "}\n\n";
    }
    return piece;
}

void EventStream::add_recent(Reader& reader, std::string& piece) const
{
    auto next = std::upper_bound(
        recent_.begin(),
        recent_.end(),
        reader.position,
        [](std::uint64_t position, const Recent& event) { return position < event.seq; }
    );
    for (; next != recent_.end() && piece.size() < limits_.piece_bytes_max; ++next) {
        if (reader.viewer.may_see(next->audience)) piece += next->text;
        reader.position = next->seq;
    }
}

void EventStream::add_replayed(Reader& reader, std::string& piece)
{
    const auto events = replay_(reader.position, limits_.replay_events_max);
    if (!events) {
        piece += reset(reader, "too_old");
        return;
    }
    for (const LiveEvent& event : *events) {
        if (piece.size() >= limits_.piece_bytes_max) return;
        if (event.seq > recent_after_) {  // from here on the recent ones have it
            reader.position = recent_after_;
            return;
        }
        if (event.seq <= reader.position) continue;
        if (reader.viewer.may_see(event.audience)) piece += render(event);
        reader.position = event.seq;
    }
    if (events->size() < limits_.replay_events_max) reader.position = recent_after_;
}

// Tells the client to fetch everything anew; its id moves on, so the next reconnect is an ordinary
// one.
std::string EventStream::reset(Reader& reader, const char* why) const
{
    reader.position = head_;
    const std::string seq = std::to_string(head_);
    return "id: " + seq + "\nevent: reset\ndata: {\"reason\":\"" + why + "\",\"seq\":" + seq +
           "}\n\n";
}

asio::awaitable<void> EventStream::run()
{
    while (!stopped_) {
        const bool due = co_await time_.sleep_for(limits_.tick);
        if (!due) co_return;
        tick();
    }
}

void EventStream::tick()
{
    for (const auto& [number, reader] : readers_->all) {
        if (!reader->viewer.still_valid()) {
            reader->end();
            continue;
        }
        reader->tick_due = true;
        reader->wake.cancel();
    }
}

void EventStream::stop()
{
    stopped_ = true;
    for (const auto& [number, reader] : readers_->all) reader->end();
}

}  // namespace shouwang::http
