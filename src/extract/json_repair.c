/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/json_repair.h"

#include <string.h>

#define GROWTH 6  /* a control character becomes \\u00NN */
#define MARGIN 64 /* a word, a comma and quotes held back before */

/* Bare words and what they become; any other becomes a string. */
static const struct {
    const char *word, *json;
} words[] = {
    {"true", "true"},      {"false", "false"}, {"null", "null"},     {"True", "true"},
    {"False", "false"},    {"None", "null"},   {"NaN", "null"},      {"nan", "null"},
    {"undefined", "null"}, {"NULL", "null"},   {"Infinity", "null"}, {"nil", "null"},
};

/* Output goes to a cursor: room for GROWTH bytes a byte is made before. */
static inline void put(char **out, char c)
{
    *(*out)++ = c;
}

static void put_text(char **out, const char *text)
{
    while (*text)
        put(out, *text++);
}

static void put_escape(char **out, unsigned value)
{
    static const char digits[] = "0123456789abcdef";

    put_text(out, "\\u00");
    put(out, digits[value >> 4 & 15]);
    put(out, digits[value & 15]);
}

static bool is_word_byte(char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'f')
        return (c | 32) - 'a' + 10;
    return -1;
}

static void flush_comma(struct json_repair *repair, char **out)
{
    if (repair->comma)
        put(out, ',');
    repair->comma = false;
}

/* The word is over; `next` is the byte behind it. */
static void end_word(struct json_repair *repair, char next, char **out)
{
    struct slice word = slice_make(repair->word, repair->word_length);

    repair->place = JSON_OUTSIDE;
    if (next == '(') {
        repair->repairs++;
        return; /* ObjectId("..."): only what is inside counts */
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_is(word, words[i].word)) {
            repair->repairs += i > 2;
            put_text(out, words[i].json);
            return;
        }
    }
    repair->repairs++;
    put(out, '"');
    for (size_t i = 0; i < word.length; i++)
        put(out, word.data[i]);
    put(out, '"');
}

static void add_control(char c, char **out)
{
    put_escape(out, (unsigned char)c);
}

static void add_outside(struct json_repair *repair, char c, char **out)
{
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        put(out, c);
        return;
    }
    if (c == ',' && !repair->comma) {
        repair->comma = true;
        return;
    }
    if (c == '}' || c == ']') {
        repair->repairs += repair->comma;
        repair->comma = false;
        put(out, c);
        return;
    }
    if (c == '(' || c == ')')
        return; /* of a wrapper */
    flush_comma(repair, out);
    if (c == '"' || c == '\'') {
        repair->quote = c;
        repair->place = JSON_STRING;
        repair->repairs += c == '\'';
        put(out, '"');
    } else if (is_word_byte(c)) {
        repair->place = JSON_WORD;
        repair->word[0] = c;
        repair->word_length = 1;
    } else {
        if (is_digit(c) || c == '-')
            repair->place = JSON_NUMERAL;
        put(out, c);
    }
}

static void add_in_string(struct json_repair *repair, char c, char **out)
{
    if (c == repair->quote) {
        put(out, '"');
        repair->place = JSON_OUTSIDE;
    } else if (c == '\\') {
        repair->place = JSON_ESCAPE;
    } else if ((unsigned char)c < 0x20) {
        repair->repairs++;
        add_control(c, out);
    } else if (c == '"') {
        put_text(out, "\\\"");
    } else {
        put(out, c);
    }
}

static void add_escape(struct json_repair *repair, char c, char **out)
{
    repair->place = JSON_STRING;
    if (c == 'x') {
        repair->place = JSON_HEX;
        repair->hex = 0;
        repair->repairs++;
    } else if (c && strchr("\"\\/bfnrtu", c)) {
        put(out, '\\');
        put(out, c);
    } else if (c == '\'') {
        put(out, c);
    } else {
        repair->repairs++;
        put_text(out, "\\\\");
        add_in_string(repair, c, out);
    }
}

/* \xNN is a byte: several may make up one UTF-8 sequence. */
static void add_hex(struct json_repair *repair, char c, char **out)
{
    int value;

    if (hex_value(c) < 0) {
        put_text(out, "\\\\x");
        if (repair->hex)
            put(out, repair->hex);
        repair->place = JSON_STRING;
        add_in_string(repair, c, out);
        return;
    }
    if (!repair->hex) {
        repair->hex = c;
        return;
    }
    value = hex_value(repair->hex) * 16 + hex_value(c);
    repair->place = JSON_STRING;
    if (value >= 0x80)
        put(out, (char)value);
    else
        put_escape(out, (unsigned)value);
}

static void add_byte(struct json_repair *repair, char c, char **out)
{
    switch (repair->place) {
    case JSON_WORD:
        if ((is_word_byte(c) || is_digit(c)) && repair->word_length < sizeof(repair->word)) {
            repair->word[repair->word_length++] = c;
            return;
        }
        end_word(repair, c, out);
        add_outside(repair, c, out);
        return;
    case JSON_NUMERAL:
        if (is_digit(c) || (c && strchr("+-.eE", c))) {
            put(out, c);
            return;
        }
        repair->place = JSON_OUTSIDE;
        add_outside(repair, c, out);
        return;
    case JSON_STRING:
        add_in_string(repair, c, out);
        return;
    case JSON_ESCAPE:
        add_escape(repair, c, out);
        return;
    case JSON_HEX:
        add_hex(repair, c, out);
        return;
    case JSON_OUTSIDE:
    default:
        add_outside(repair, c, out);
        return;
    }
}

/* The bytes of a string up to the next one that needs a look. */
static size_t plain_run(const struct json_repair *repair, struct slice text)
{
    char quote = repair->quote;
    size_t i = 0;

    while (i < text.length && (unsigned char)text.data[i] >= 0x20 && text.data[i] != '"'
           && text.data[i] != '\\' && text.data[i] != quote)
        i++;
    return i;
}

void json_repair_add(struct json_repair *repair, struct slice text, struct buf *out)
{
    size_t before = out->length;
    char *start = buf_extend(out, text.length * GROWTH + MARGIN), *cursor = start;

    if (!start)
        return;
    while (text.length > 0) {
        if (repair->place == JSON_STRING) {
            size_t run = plain_run(repair, text);

            memcpy(cursor, text.data, run);
            cursor += run;
            text = slice_skip(text, run);
            if (text.length == 0)
                break;
        }
        add_byte(repair, text.data[0], &cursor);
        text = slice_skip(text, 1);
    }
    out->length = before + (size_t)(cursor - start);
}

void json_repair_end(struct json_repair *repair, struct buf *out)
{
    size_t before = out->length;
    char *start = buf_extend(out, MARGIN), *cursor = start;

    if (!start)
        return;
    if (repair->place == JSON_WORD)
        end_word(repair, ' ', &cursor);
    put(&cursor, '\n');
    out->length = before + (size_t)(cursor - start);
}
