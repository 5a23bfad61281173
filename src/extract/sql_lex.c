/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/sql_lex.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/utf8.h"

#define TOKEN_BYTES_MAX ((size_t)CELL_BYTES_MAX + 16) /* more of a cell would be cut anyway */
#define LINE_AHEAD      32u                 /* bytes that tell whether a line starts a statement */
#define TAG_BYTES_MAX   (TEXT_PADDING - 2u) /* of $tag$ */

void sql_lexer_clear(struct sql_lexer *lexer)
{
    text_source_clear(&lexer->source);
    buf_clear(&lexer->text);
}

int sql_lexer_open(struct sql_lexer *lexer, int fd, uint64_t size_bytes, struct tq_error *err)
{
    *lexer = (struct sql_lexer){.line = 1, .starts_line = true};
    return text_source_open(&lexer->source, fd, size_bytes, err);
}

int sql_lexer_open_stream(struct sql_lexer *lexer, int fd, uint64_t bytes_max, struct tq_error *err)
{
    *lexer = (struct sql_lexer){.line = 1, .starts_line = true};
    return text_source_open_stream(&lexer->source, fd, bytes_max, err);
}

/* Have at least `wanted` bytes in view, or all that is left. */
static int fill(struct sql_lexer *lexer, size_t wanted, struct tq_error *err)
{
    while (lexer->source.length - lexer->at < wanted && !lexer->source.final) {
        int r = text_source_more(&lexer->source, lexer->at, err);

        if (r < 0)
            return r;
        lexer->at = 0;
    }
    return TQ_OK;
}

/* What is in view from here on; TEXT_PADDING zero bytes follow it. */
static const char *here(const struct sql_lexer *lexer)
{
    return lexer->source.text + lexer->at;
}

static size_t left(const struct sql_lexer *lexer)
{
    return lexer->source.length - lexer->at;
}

static void keep(struct sql_lexer *lexer, const char *text, size_t length)
{
    size_t room = lexer->text_max - lexer->text.length;

    buf_add(&lexer->text, text, length < room ? length : room);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
           || c == '.' || c == '$' || c == '@' || (unsigned char)c >= 0x80;
}

bool sql_word_is(struct slice word, const char *wanted)
{
    return word.length == strlen(wanted) && strncasecmp(word.data, wanted, word.length) == 0;
}

bool sql_token_is(const struct sql_token *token, const char *wanted)
{
    return token->kind == SQL_WORD && sql_word_is(token->text, wanted);
}

static int skip_line(struct sql_lexer *lexer, struct tq_error *err)
{
    for (;;) {
        const char *mark;
        int r = fill(lexer, 1, err);

        if (r < 0 || left(lexer) == 0)
            return r;
        mark = memchr(here(lexer), '\n', left(lexer));
        lexer->at = mark ? (size_t)(mark - lexer->source.text) : lexer->source.length;
        if (mark)
            return TQ_OK;
    }
}

static int skip_comment(struct sql_lexer *lexer, struct tq_error *err)
{
    lexer->at += 2;
    for (;;) {
        int r = fill(lexer, 2, err);

        if (r < 0 || left(lexer) == 0)
            return r;
        if (here(lexer)[0] == '*' && here(lexer)[1] == '/') {
            lexer->at += 2;
            return TQ_OK;
        }
        lexer->line += here(lexer)[0] == '\n';
        lexer->at++;
    }
}

/* A comment that MySQL and MariaDB run: "/" "*!40101" or "/" "*M!100401". What is in it counts. */
static size_t conditional_length(const char *text)
{
    size_t length = 3;

    if (text[2] == 'M' && text[3] == '!')
        length = 4;
    else if (text[2] != '!')
        return 0;
    while (text[length] >= '0' && text[length] <= '9' && length < 12)
        length++;
    return length;
}

/* Past white space and comments. */
static int skip_blank(struct sql_lexer *lexer, struct tq_error *err)
{
    for (;;) {
        const char *text;
        size_t length;
        int r = fill(lexer, LINE_AHEAD, err);

        if (r < 0 || left(lexer) == 0)
            return r;
        text = here(lexer);
        if (is_blank(text[0])) {
            lexer->line += text[0] == '\n';
            lexer->starts_line |= text[0] == '\n';
            lexer->at++;
        } else if ((text[0] == '-' && text[1] == '-') || (text[0] == '#' && lexer->starts_line)) {
            r = skip_line(lexer, err);
        } else if (text[0] == '/' && text[1] == '*' && (length = conditional_length(text)) > 0) {
            lexer->at += length;
        } else if (text[0] == '/' && text[1] == '*') {
            r = skip_comment(lexer, err);
        } else if (text[0] == '*' && text[1] == '/') {
            lexer->at += 2; /* the end of one whose content counted */
        } else {
            return TQ_OK;
        }
        if (r < 0)
            return r;
    }
}

char sql_unescape(char escaped)
{
    switch (escaped) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'v':
        return '\v';
    case 'Z':
        return 26;
    default:
        return escaped;
    }
}

/* Whether a line that starts here starts a statement: then a string that is open was torn. */
static bool starts_statement(const char *line)
{
    static const char *const starts[] = {"INSERT INTO ", "CREATE TABLE ", "UNLOCK TABLES",
                                         "/*!40",        "-- Dump comp",  "-- Table struct",
                                         "REPLACE INTO "};

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        if (strncmp(line, starts[i], strlen(starts[i])) == 0)
            return true;
    }
    return false;
}

/*
 * At a line's end within a string. Where backslashes are escapes a dump writes \n, so that a line
 * that starts a statement tells of a lost quote; elsewhere a string must be long for that.
 */
static int take_line_end(struct sql_lexer *lexer, char quote, struct tq_error *err)
{
    int r = fill(lexer, LINE_AHEAD, err);

    if (r < 0)
        return r;
    if (quote == '\'' && (lexer->backslash || lexer->text.length >= CELL_BYTES_MAX)
        && starts_statement(here(lexer) + 1)) {
        lexer->token.torn = true;
        return TQ_OK;
    }
    lexer->line++;
    lexer->at++;
    keep(lexer, "\n", 1);
    return TQ_OK;
}

static int take_escape(struct sql_lexer *lexer, struct tq_error *err)
{
    char c;
    int r = fill(lexer, 2, err);

    if (r < 0)
        return r;
    if (left(lexer) < 2) {
        lexer->at += left(lexer);
        return TQ_OK;
    }
    c = here(lexer)[1];
    lexer->at++;
    if ((unsigned char)c >= 0x80)
        return TQ_OK; /* the character itself comes next */
    lexer->at++;
    lexer->line += c == '\n';
    c = sql_unescape(c);
    if (c != '0')
        keep(lexer, &c, 1); /* \0 is a NUL, and those are left out */
    return TQ_OK;
}

/* Whether a string can end at a quote that is followed by this. */
static bool can_follow_string(char next)
{
    return next == '\0' || is_blank(next) || strchr(",);:|]}-*", next);
}

/* At a quote within a string: two stand for one, and one ends it. */
static int take_quote(struct sql_lexer *lexer, char quote, bool *out_end, struct tq_error *err)
{
    char next;
    int r = fill(lexer, 2, err);

    if (r < 0)
        return r;
    next = left(lexer) > 1 ? here(lexer)[1] : '\0';
    lexer->at++;
    if (next == quote) {
        lexer->at++;
    } else if (!lexer->in_values || can_follow_string(next)) {
        *out_end = true;
        return TQ_OK;
    } else {
        lexer->stray_quotes++;
    }
    keep(lexer, &quote, 1);
    return TQ_OK;
}

/* What is quoted; the lexer stands behind the opening quote. */
static int read_quoted(struct sql_lexer *lexer, char quote, bool escapes, struct tq_error *err)
{
    char stops[4] = {'\n', quote, escapes ? '\\' : '\0', '\0'};
    bool end = false;
    int r = TQ_OK;

    while (r == TQ_OK && !end && !lexer->token.torn) {
        size_t plain;

        r = fill(lexer, 1, err);
        if (r < 0)
            return r;
        if (left(lexer) == 0) {
            lexer->token.torn = true;
            break;
        }
        plain = strcspn(here(lexer), stops);
        keep(lexer, here(lexer), plain);
        lexer->at += plain;
        if (left(lexer) == 0)
            continue;
        if (here(lexer)[0] == '\n')
            r = take_line_end(lexer, quote, err);
        else if (here(lexer)[0] == quote)
            r = take_quote(lexer, quote, &end, err);
        else
            r = take_escape(lexer, err);
    }
    return r < 0 ? r : buf_check(&lexer->text, err);
}

/* [name], where "]]" stands for "]". */
static int read_bracketed(struct sql_lexer *lexer, struct tq_error *err)
{
    bool in_values = lexer->in_values;
    int r;

    lexer->at++;
    lexer->in_values = false;
    lexer->token.kind = SQL_NAME;
    r = read_quoted(lexer, ']', false, err);
    lexer->in_values = in_values;
    return r;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes that pairs of hex digits stand for, if they are text; false: nothing was changed. */
static bool hex_to_text(struct buf *hex, size_t from)
{
    CLEANUP(buf_clear_cleanup) struct buf bytes = {0};

    if (hex->length == from || (hex->length - from) % 2 || hex->failed)
        return false;
    for (size_t i = from; i < hex->length; i += 2) {
        int high = hex_digit(hex->data[i]), low = hex_digit(hex->data[i + 1]);
        int byte = high * 16 + low;

        if (high < 0 || low < 0 || byte == 0x7F || (byte < ' ' && !is_blank((char)byte)))
            return false;
        buf_add_byte(&bytes, (char)byte);
    }
    if (!bytes.failed && !utf8_is_valid(buf_slice(&bytes)))
        return false;
    buf_empty(hex);
    buf_add_slice(hex, buf_slice(&bytes));
    if (bytes.failed)
        hex->failed = bytes.failed;
    return true;
}

/* b'101': a number. */
static void bits_to_number(struct buf *bits)
{
    uint64_t value = 0;

    if (bits->length == 0 || bits->length > 64 || bits->failed)
        return;
    for (size_t i = 0; i < bits->length; i++) {
        if (bits->data[i] != '0' && bits->data[i] != '1')
            return;
        value = value << 1 | (uint64_t)(bits->data[i] == '1');
    }
    buf_empty(bits);
    buf_format(bits, "%llu", (unsigned long long)value);
}

/* A hex literal that is no text stays as it is written: for columns that are compared as codes. */
static void decode_hex(struct sql_lexer *lexer, size_t from)
{
    if (hex_to_text(&lexer->text, from)) {
        lexer->token.kind = SQL_STRING;
        lexer->token.sign = '\'';
    }
}

/* A string behind letters that say how it is written: N'...', X'...', b'...', E'...', _utf8'...' */
static int read_prefixed(struct sql_lexer *lexer, struct tq_error *err)
{
    char prefix = lexer->text.length == 1 ? (char)(lexer->text.data[0] & ~0x20) : '\0';
    int r;

    buf_empty(&lexer->text);
    lexer->at++;
    lexer->token.kind = SQL_STRING;
    lexer->token.sign = '\'';
    r = read_quoted(lexer, '\'', lexer->backslash || prefix == 'E', err);
    if (r < 0)
        return r;
    if (prefix == 'B')
        bits_to_number(&lexer->text);
    if (prefix == 'X')
        decode_hex(lexer, 0);
    return buf_check(&lexer->text, err);
}

static bool is_prefix(struct slice word)
{
    if (word.length == 1)
        return strchr("nNxXbBeE", word.data[0]);
    return word.length > 1 && word.data[0] == '_';
}

static int read_word(struct sql_lexer *lexer, struct tq_error *err)
{
    struct buf *text = &lexer->text;

    lexer->token.kind = SQL_WORD;
    for (;;) {
        size_t length = 0;
        int r = fill(lexer, 1, err);

        if (r < 0)
            return r;
        while (length < left(lexer) && is_word_byte(here(lexer)[length]))
            length++;
        keep(lexer, here(lexer), length);
        lexer->at += length;
        if (text->failed)
            return buf_check(text, err);
        if (left(lexer) == 0 && length > 0)
            continue;
        if (left(lexer) > 0 && (here(lexer)[0] == '-' || here(lexer)[0] == '+') && length > 1
            && text->data[0] >= '0' && text->data[0] <= '9' && text->data[1] != 'x'
            && (text->data[text->length - 1] | 0x20) == 'e') {
            keep(lexer, here(lexer), 1); /* 1.5e-3 */
            lexer->at++;
            continue;
        }
        break;
    }
    if (left(lexer) > 0 && here(lexer)[0] == '\'' && is_prefix(buf_slice(text)))
        return read_prefixed(lexer, err);
    if (text->length > 2 && text->data[0] == '0' && (text->data[1] | 0x20) == 'x')
        decode_hex(lexer, 2);
    return TQ_OK;
}

/* $$ ... $$ and $tag$ ... $tag$; *out_length is that of the tag with its signs, 0: none. */
static size_t dollar_tag(const char *text, size_t length)
{
    size_t i = 1;

    while (i < length && i < TAG_BYTES_MAX
           && (is_word_byte(text[i]) && text[i] != '$' && text[i] != '.'))
        i++;
    if (i < length && text[i] == '$' && !(text[1] >= '0' && text[1] <= '9'))
        return i + 1;
    return 0;
}

static int read_dollar_quoted(struct sql_lexer *lexer, size_t tag_length, struct tq_error *err)
{
    char tag[TEXT_PADDING];

    memcpy(tag, here(lexer), tag_length);
    lexer->at += tag_length;
    lexer->token.kind = SQL_STRING;
    lexer->token.sign = '$';
    for (;;) {
        size_t plain;
        int r = fill(lexer, tag_length, err);

        if (r < 0)
            return r;
        if (left(lexer) < tag_length) {
            lexer->at += left(lexer);
            lexer->token.torn = true;
            return TQ_OK;
        }
        if (memcmp(here(lexer), tag, tag_length) == 0) {
            lexer->at += tag_length;
            return buf_check(&lexer->text, err);
        }
        lexer->line += here(lexer)[0] == '\n';
        plain = 1 + strcspn(here(lexer) + 1, "$\n");
        if (plain > left(lexer))
            plain = left(lexer);
        keep(lexer, here(lexer), plain);
        lexer->at += plain;
    }
}

static int read_token(struct sql_lexer *lexer, struct tq_error *err)
{
    char c;
    size_t tag;
    int r = fill(lexer, TEXT_PADDING, err);

    if (r < 0 || left(lexer) == 0)
        return r;
    c = here(lexer)[0];
    if (c == '\'' || c == '"' || c == '`') {
        lexer->token.kind = c == '`' ? SQL_NAME : SQL_STRING;
        lexer->token.sign = c;
        lexer->at++;
        return read_quoted(lexer, c, c != '`' && lexer->backslash, err);
    }
    if (c == '[' && lexer->has_brackets)
        return read_bracketed(lexer, err);
    if (c == '$' && (tag = dollar_tag(here(lexer), left(lexer))) > 0)
        return read_dollar_quoted(lexer, tag, err);
    if (is_word_byte(c))
        return read_word(lexer, err);
    lexer->token.kind = SQL_SIGN;
    lexer->token.sign = c;
    lexer->at++;
    keep(lexer, &c, 1);
    return buf_check(&lexer->text, err);
}

int sql_lexer_next(struct sql_lexer *lexer, struct tq_error *err)
{
    int r;

    if (lexer->again) {
        lexer->again = false;
        return TQ_OK;
    }
    r = skip_blank(lexer, err);
    if (r < 0)
        return r;
    buf_empty(&lexer->text);
    lexer->text_max = TOKEN_BYTES_MAX;
    lexer->token = (struct sql_token){.line = lexer->line, .starts_line = lexer->starts_line};
    lexer->starts_line = false;
    r = read_token(lexer, err);
    if (r < 0)
        return r;
    lexer->token.text = buf_slice(&lexer->text);
    return TQ_OK;
}

void sql_lexer_unread(struct sql_lexer *lexer)
{
    lexer->again = true;
}

int sql_lexer_line(struct sql_lexer *lexer, struct tq_error *err)
{
    bool any = false;

    lexer->again = false;
    buf_empty(&lexer->text);
    lexer->text_max = SQL_LINE_BYTES_MAX;
    lexer->token = (struct sql_token){.line = lexer->line};
    for (;;) {
        const char *mark;
        size_t length;
        int r = fill(lexer, 1, err);

        if (r < 0)
            return r;
        if (left(lexer) == 0)
            break;
        any = true;
        mark = memchr(here(lexer), '\n', left(lexer));
        length = mark ? (size_t)(mark - here(lexer)) : left(lexer);
        lexer->token.torn |= length > lexer->text_max - lexer->text.length;
        keep(lexer, here(lexer), length);
        lexer->at += length + (mark != NULL);
        if (mark)
            break;
    }
    lexer->line++;
    lexer->starts_line = true;
    lexer->token.kind = any ? SQL_WORD : SQL_END;
    lexer->token.text = buf_slice(&lexer->text);
    if (lexer->text.length > 0 && lexer->text.data[lexer->text.length - 1] == '\r')
        lexer->token.text.length--;
    return buf_check(&lexer->text, err);
}

int sql_lexer_peek(struct sql_lexer *lexer, size_t length_max, struct slice *out_line,
                   struct tq_error *err)
{
    size_t length;
    const char *mark;
    int r = fill(lexer, length_max, err);

    if (r < 0)
        return r;
    length = left(lexer) < length_max ? left(lexer) : length_max;
    mark = length > 0 ? memchr(here(lexer), '\n', length) : NULL;
    *out_line =
        slice_make(length > 0 ? here(lexer) : "", mark ? (size_t)(mark - here(lexer)) : length);
    return TQ_OK;
}
