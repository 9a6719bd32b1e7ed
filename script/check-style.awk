# Reads C++ files for script/check-style: takes comments away, so that a rule looks at code alone.
# Writes "file:line:code" to `code` (strings kept) and to `bare` (strings emptied), and prints the
# breaches that need more than one line to see:
#   co_await beside braces, a lambda or ?: in one expression (g++ 12 miscompiles those forms);
#   a word of a protocol file inside the engine (`names`: one word a line, in snake_case).

BEGIN {
    while ((getline name < names) > 0) protocol_word[name] = 1
    # What may stand before a block's brace without a parenthesis.
    split("else do try const noexcept override final mutable", words, " ")
    for (i in words) before_block[words[i]] = 1
}

FNR == 1 {
    in_comment = 0; raw_end = ""; in_macro = 0
    depth = 0; begin_scope("file")
    engine = FILENAME ~ /^escalation\// || FILENAME ~ /^daemon\/engine/
}

{
    read_line($0)
    print FILENAME ":" FNR ":" code_text > code
    print FILENAME ":" FNR ":" bare_text > bare
    if (engine && code_text !~ /^[ \t]*#[ \t]*include/) look_for_names(code_text)
    if (in_macro || bare_text ~ /^[ \t]*#/) in_macro = bare_text ~ /\\$/
    else look_for_awaits(bare_text)
}

# Splits one line into code with strings (code_text) and without (bare_text).
function read_line(line,    at, found, before, delimiter)
{
    code_text = ""; bare_text = ""
    while (line != "") {
        if (in_comment) {
            at = index(line, "*/")
            if (!at) return
            line = substr(line, at + 2); in_comment = 0
        } else if (raw_end != "") {
            at = index(line, raw_end)
            if (!at) { code_text = code_text line; return }
            code_text = code_text substr(line, 1, at + length(raw_end) - 1)
            line = substr(line, at + length(raw_end)); raw_end = ""
        } else if (!match(line, /\/\/|\/\*|"|'/)) {
            code_text = code_text line; bare_text = bare_text line
            return
        } else {
            at = RSTART; found = substr(line, at, RLENGTH); before = substr(line, 1, at - 1)
            line = substr(line, at + length(found))
            code_text = code_text before; bare_text = bare_text before
            if (found == "//") return
            if (found == "/*") { in_comment = 1; continue }
            if (found == "'" && before ~ /[0-9a-fA-F]$/ && line ~ /^[0-9a-fA-F]/) continue  # 1'000
            if (found == "\"" && before ~ /(^|[^A-Za-z0-9_])(u8|u|U|L)?R$/) {
                delimiter = substr(line, 1, index(line, "(") - 1)
                raw_end = ")" delimiter "\""
                code_text = code_text "\""; bare_text = bare_text "\"\""
                line = substr(line, length(delimiter) + 2)
                continue
            }
            bare_text = bare_text found found; code_text = code_text found
            line = skip_quoted(line, found)
        }
    }
}

# What follows the closing quote.
function skip_quoted(line, quote,    at, found)
{
    while (match(line, quote == "\"" ? "[\"\\\\]" : "['\\\\]")) {
        at = RSTART; found = substr(line, at, 1)
        code_text = code_text substr(line, 1, found == quote ? at : at + 1)
        line = substr(line, found == quote ? at + 1 : at + 2)
        if (found == quote) return line
    }
    code_text = code_text line
    return ""
}

function look_for_names(text,    word)
{
    while (match(text, /[A-Za-z_][A-Za-z0-9_]*/)) {
        word = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        if (!(word in hit)) hit[word] = name_within(word)
        if (hit[word] != "")
            print FILENAME ":" FNR ": \"" hit[word] "\" is a word of a protocol file: the engine knows none of them"
    }
}

# The protocol's name that `word` is or, when the name has several words, contains; "" if none.
function name_within(word,    snake, name, i, c)
{
    for (i = 1; i <= length(word); i++) {
        c = substr(word, i, 1)
        snake = snake (c ~ /[A-Z]/ && substr(word, i - 1, 1) ~ /[a-z0-9]/ ? "_" : "") tolower(c)
    }
    gsub(/^_+|_+$/, "", snake)
    if (snake in protocol_word) return snake
    for (name in protocol_word)
        if (name ~ /_/ && index("_" snake "_", "_" name "_")) return name
    return ""
}

# A scope is a body of statements: the file, a function, a lambda. Within it one statement is open.
function begin_scope(kind)
{
    depth++
    scope[depth] = kind
    brackets[depth] = ""
    end_statement()
}

function end_statement()
{
    if (awaited[depth] && offence[depth] != "")
        print FILENAME ":" awaited[depth] ": " offence[depth] " beside co_await in one expression: name what you await (g++ 12 miscompiles it)"
    awaited[depth] = 0; offence[depth] = ""; is_type[depth] = 0; arrow[depth] = -1
    lambda[depth] = 0; previous = ";"; earlier = ""
}

function offend(what) { if (offence[depth] == "") offence[depth] = what }

function look_for_awaits(text,    token)
{
    while (match(text, /[A-Za-z_][A-Za-z0-9_]*|[0-9][A-Za-z0-9_.]*|->|::|&&|""|''|\[\[|[^ \t]/)) {
        token = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        take(token)
        earlier = previous_before; previous = token
    }
}

function take(token,    open)
{
    previous_before = previous
    if (token == "co_await") { if (!awaited[depth]) awaited[depth] = FNR }
    else if (token == "?") offend("?:")
    else if (token ~ /^(struct|class|enum|union|namespace|extern)$/) { if (brackets[depth] == "") is_type[depth] = 1 }
    else if (token == "->") arrow[depth] = length(brackets[depth])
    else if (token == "[[") brackets[depth] = brackets[depth] "AA"
    else if (token == "(") brackets[depth] = brackets[depth] "("
    else if (token == "[") {
        if (previous !~ /^[A-Za-z0-9_\])>"]/ && !(previous ~ /^&&?$/ && earlier == "auto")) lambda[depth] = 1
        brackets[depth] = brackets[depth] "["
    }
    else if (token == ")" || token == "]") brackets[depth] = substr(brackets[depth], 1, length(brackets[depth]) - 1)
    else if (token == "{") open_brace()
    else if (token == "}") close_brace()
    else if (token == ";" && brackets[depth] !~ /\{/) end_statement_token()
}

function end_statement_token(    kept)
{
    kept = brackets[depth]  # the two semicolons of a for stand inside its parenthesis
    end_statement()
    brackets[depth] = kept
    previous_before = ";"
}

function open_brace(    is_lambda)
{
    is_lambda = lambda[depth] && (previous == ")" || previous == "]" || previous in before_block || arrow[depth] == length(brackets[depth]))
    if (is_lambda) {
        offend("a lambda"); lambda[depth] = 0; arrow[depth] = -1
        begin_scope("lambda")
    } else if (brackets[depth] == "" && (is_type[depth] || previous in before_block || arrow[depth] == 0 || previous ~ /^[);{}:"]/)) {
        end_statement()  # what stood before a block: if (...), for (...), a function's head
        begin_scope("block")
    } else {
        offend("braces")
        brackets[depth] = brackets[depth] "{"
    }
}

function close_brace(    kind)
{
    if (brackets[depth] ~ /\{$/) { brackets[depth] = substr(brackets[depth], 1, length(brackets[depth]) - 1); return }
    end_statement()
    if (depth <= 1) return
    kind = scope[depth]
    depth--
    if (kind != "lambda") end_statement()
}
