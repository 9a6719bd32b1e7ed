#pragma once

#include "escalation/step.hpp"

#include <optional>
#include <vector>

// Internal to escalation/: reports that may be of one emergency, and two incidents that are one.
// Machines suggest and people decide; undecided, both go on, because paging twice is cheaper than
// losing one. A merge restarts no clock and asks nobody anew; a split gives both back.
namespace shouwang::escalation {

// Suggests every live incident that the fresh one of `step` may be about as well.
void suggest(Step& step, const Board& board);
// Does what is known of one place speak of the other? A building that two campuses have is in the
// words of whoever did not say which.
[[nodiscard]] bool same_place(const Directory& directory, const Place& a, const Place& b);

[[nodiscard]] Decision merge(
    const Rules& rules,
    const Directory& directory,
    const Board& board,
    const Merge& command,
    Instant now
);
[[nodiscard]] Decision split(
    const Rules& rules,
    const Directory& directory,
    const Board& board,
    const Split& command,
    Instant now
);
[[nodiscard]] std::optional<Refusal> keep_apart(Step& step, const KeepApart& command);

// What is said to a merged incident is meant for the one it goes on in: the same word, there.
[[nodiscard]] Answer where_it_goes_on(const Board& board, Answer command);
[[nodiscard]] SetFacts where_it_goes_on(const Board& board, SetFacts command);
[[nodiscard]] AddRecord where_it_goes_on(const Board& board, AddRecord command);
[[nodiscard]] SignEnd where_it_goes_on(const Board& board, SignEnd command);
[[nodiscard]] Identify where_it_goes_on(const Board& board, Identify command);
[[nodiscard]] Waive where_it_goes_on(const Board& board, Waive command);
[[nodiscard]] AddNote where_it_goes_on(const Board& board, AddNote command);
[[nodiscard]] AddSubject where_it_goes_on(const Board& board, AddSubject command);
[[nodiscard]] TakeOver where_it_goes_on(const Board& board, TakeOver command);

}  // namespace shouwang::escalation
