#include "daemon/demo.hpp"

#include "daemon/entropy.hpp"
#include "daemon/http/token_file.hpp"
#include "daemon/journal/sealing.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace shouwang::daemon {

namespace fs = std::filesystem;

namespace {

constexpr const char* desk_token_name = "desk.token";

fs::path desk_token(const config::Settings& settings)
{
    return settings.tokens.parent_path() / desk_token_name;
}

void write_private(const fs::path& file, const std::string& text)
{
    std::ofstream stream(file, std::ios::trunc);
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    stream << text << '\n';
    if (!stream.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace

void prepare_demo(const config::Settings& settings, escalation::Instant now)
{
    SystemEntropy entropy;
    for (const fs::path& folder :
         {settings.data, settings.tokens.parent_path(), settings.master_key.parent_path()})
        fs::create_directories(folder);
    if (!fs::exists(settings.master_key))
        journal::MasterKey::generate(entropy).save(settings.master_key);
    if (fs::exists(desk_token(settings)) && fs::exists(settings.tokens)) return;
    http::TokenGrant grant;
    grant.role = http::Role::DutyDesk;
    grant.staff = escalation::StaffId("hq");
    grant.via = {"hotline", "console"};
    grant.note = "demo duty desk";
    const auto token = http::add_token(settings.tokens, grant, entropy, now);
    if (!token) throw std::runtime_error("cannot write " + settings.tokens.string());
    write_private(desk_token(settings), token->text);
}

void print_demo(const config::Settings& settings, unsigned port)
{
    const std::string url = "http://" + settings.address + ":" + std::to_string(port);
    const std::string token = desk_token(settings).string();
    const char* open =
        R"({"via":"hotline","subjects":[{"student_id":"2026010101","facts":{"risk_statement":"yes"}}],)"
        R"("place":{"campus":"M","building":"7号楼","floor":"4"},"text":"学生说不想活"})";
    std::printf(
        "\n"
        "守望演示 (南岭医科大学, fictional; no real channel)\n"
        "  实时处置台  live board    %s/\n"
        "  热线登记    open an alarm %s/new\n"
        "  手机墙      handset wall  %s/wall\n"
        "\n"
        "or from a shell:\n"
        "  curl -sS %s/api/v1/incidents -H \"Authorization: Bearer $(cat %s)\" \\\n"
        "       -H 'Content-Type: application/json' -d '%s'\n"
        "\n"
        "  build/release/daemon/shouwang --url %s --token-file %s open --via hotline "
        "--student 2026010101 \\\n"
        "       --campus M --building 7号楼 --floor 4 --fact risk_statement=yes\n"
        "\n"
        "Ctrl+C stops it; what happened stays in %s.\n\n",
        url.c_str(),
        url.c_str(),
        url.c_str(),
        url.c_str(),
        token.c_str(),
        open,
        url.c_str(),
        token.c_str(),
        settings.data.c_str()
    );
    std::fflush(stdout);
}

}  // namespace shouwang::daemon
