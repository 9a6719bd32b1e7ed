#include "tests/notifiers/slow_resolver.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <dlfcn.h>
#include <mutex>
#include <netdb.h>
#include <string_view>

namespace {

constexpr std::string_view slow_host = "slow.invalid";

std::mutex mutex;
std::condition_variable changed;
bool held = false;
int inside = 0;

// Bounded, so that a client that does wait for its resolver fails a check instead of hanging.
void stand()
{
    std::unique_lock lock(mutex);
    ++inside;
    changed.wait_for(lock, std::chrono::seconds(10), [] { return !held; });
    --inside;
    changed.notify_all();
}

}  // namespace

extern "C" int getaddrinfo(
    const char* node, const char* service, const addrinfo* hints, addrinfo** found
)
{
    if (node != nullptr && node == slow_host) {
        stand();
        return EAI_AGAIN;
    }
    using Resolve = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto next = reinterpret_cast<Resolve>(dlsym(RTLD_NEXT, "getaddrinfo"));
    if (next == nullptr) std::abort();
    return next(node, service, hints, found);
}

namespace shouwang::test {

SlowResolver::SlowResolver()
{
    const std::scoped_lock lock(mutex);
    held = true;
}

SlowResolver::~SlowResolver()
{
    std::unique_lock lock(mutex);
    held = false;
    changed.notify_all();
    changed.wait(lock, [] { return inside == 0; });
}

std::string SlowResolver::url() const
{
    return "http://" + std::string(slow_host) + "/";
}

bool SlowResolver::is_resolving() const
{
    const std::scoped_lock lock(mutex);
    return inside > 0;
}

}  // namespace shouwang::test
