#include "daemon/rehearsal/rehearsal_house.hpp"

#include "daemon/message.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace shouwang::rehearsal {

namespace asio = boost::asio;
using namespace escalation;

namespace {

// The same in every life: a restart finds its keys.
journal::MasterKey master_key()
{
    SeededEntropy fixed(1);
    return journal::MasterKey::generate(fixed);
}

std::set<std::string> channels_of(const Protocol& protocol)
{
    std::set<std::string> out;
    const auto add = [&](const std::vector<ChannelName>& names) {
        for (const ChannelName& name : names) out.insert(name.text());
    };
    const auto add_ladder = [&](const Ladder& ladder) {
        for (const Rung& rung : ladder) {
            add(rung.by);
            add(rung.again.by);
        }
    };
    for (const Level& level : protocol.levels) add(level.channels);
    for (const auto& [name, duty] : protocol.duties) {
        add_ladder(duty.ladder);
        for (const auto& [level, ladder] : duty.ladders) add_ladder(ladder);
    }
    for (const auto& [name, inform] : protocol.informs) add(inform.by);
    return out;
}

asio::awaitable<void> adopt(daemon::Engine& engine, Stage stage)
{
    auto protocol = engine.adopt_protocol(stage.protocol, stage.protocol_text);
    co_await std::move(protocol);
    auto roster = engine.adopt_roster(stage.directory, "rehearsal", "");
    co_await std::move(roster);
}

}  // namespace

House::House(
    const Stage& stage,
    const Clocks& clocks,
    journal::MemoryJournal::Content content,
    const std::set<std::string>& failing,
    std::uint64_t life
)
    : stage_(stage),
      time_(io_, clocks.start),
      entropy_(stage.seed * 1000 + life),
      journal_(wound_up(clocks), std::move(content)),
      keys_(master_key(), entropy_),
      engine_(
          io_.get_executor(),
          time_,
          journal_,
          keys_,
          health_,
          metrics_,
          [this](const std::string& reason) { fatal_ = reason; }
      ),
      auditor_(io_.get_executor(), engine_, time_, health_, metrics_)
{
    for (const std::string& name : channels_of(*stage_.protocol)) {
        auto& notifier = channels_[name];
        notifier = std::make_unique<ScriptedNotifier>(time_);
        if (failing.contains(name)) notifier->answer_always(notifiers::Verdict::Retry);
    }
}

asio::any_io_executor House::wound_up(const Clocks& clocks)
{
    run_to(clocks.passed);
    time_.set_wall_offset(clocks.wall_offset);
    return io_.get_executor();
}

void House::replay()
{
    engine_.replay([this](const std::string& text) {
        return text == stage_.protocol_text ? stage_.protocol : nullptr;
    });
}

void House::start(std::function<void(const Event&)> on_release)
{
    engine_.on_release(std::move(on_release));
    outbox_.emplace(
        io_.get_executor(),
        engine_,
        time_,
        entropy_,
        health_,
        routes(),
        [this](
            const Incident& incident,
            const Page& page,
            const ChannelName& channel,
            const daemon::Attempt& attempt
        ) { return compose(incident, page, channel, attempt); }
    );
    outbox_->resume();
    spawn(adopt(engine_, stage_));
    engine_.start();
    run_to(passed());
}

void House::kill()
{
    journal_.crash();
    auditor_.stop();
    engine_.stop();
    if (outbox_) outbox_->stop();
}

void House::spawn(asio::awaitable<void> work)
{
    join(std::move(work));
    run_to(passed());
}

void House::join(asio::awaitable<void> work)
{
    asio::co_spawn(io_, std::move(work), [](std::exception_ptr fault) {
        if (fault) std::rethrow_exception(fault);
    });
}

void House::run_to(Span passed)
{
    time_.run_for(passed - time_.boottime());
}

ScriptedNotifier& House::channel(const std::string& name)
{
    return *channels_.at(name);
}

daemon::Routes House::routes()
{
    daemon::Routes out;
    for (auto& [name, notifier] : channels_)
        out.providers[ChannelName(name)] = {{name, notifier.get()}};
    // As the gravest level lists them: what that trusts most is put in first.
    out.fall_over = stage_.protocol->levels.back().channels;
    return out;
}

daemon::MessageContent House::compose(
    const Incident& incident,
    const Page& page,
    const ChannelName& channel,
    const daemon::Attempt& attempt
) const
{
    return daemon::compose({*stage_.protocol, *stage_.directory, incident, page}, channel, attempt);
}

}  // namespace shouwang::rehearsal
