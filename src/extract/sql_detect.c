/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/sql_detect.h"

#include <string.h>

#include "extract/sql_lex.h"

#define STATEMENTS_ENOUGH 3u /* that are known, where none of them is of rows */

bool sql_is_statement(struct slice word)
{
    static const char *const words[] = {
        "ALTER",    "ANALYZE", "BEGIN",  "CALL",      "COMMENT",  "COMMIT", "COPY",     "CREATE",
        "DECLARE",  "DEFINE",  "DELETE", "DELIMITER", "DO",       "DROP",   "END",      "EXEC",
        "EXECUTE",  "FLUSH",   "GO",     "GRANT",     "IF",       "INSERT", "LOCK",     "OPTIMIZE",
        "PRAGMA",   "PRINT",   "PROMPT", "REM",       "REPLACE",  "REVOKE", "ROLLBACK", "SAVEPOINT",
        "SECURITY", "SELECT",  "SET",    "START",     "TRUNCATE", "UNLOCK", "UPDATE",   "USE",
        "WITH",     "CONNECT", "CHANGE"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (sql_word_is(word, words[i]))
            return true;
    }
    return false;
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static struct slice skip_spaces(struct slice text)
{
    while (text.length > 0 && strchr(" \t\r\n", text.data[0]) && text.data[0])
        text = slice_skip(text, 1);
    return text;
}

static struct slice skip_past(struct slice text, const char *mark)
{
    const char *found = memmem(text.data, text.length, mark, strlen(mark));

    return found ? slice_skip(text, (size_t)(found - text.data) + strlen(mark))
                 : slice_skip(text, text.length);
}

/* Past white space and comments; what MySQL runs in comments counts. */
static struct slice skip_blank(struct slice text)
{
    for (;;) {
        text = skip_spaces(text);
        if (slice_starts(text, SLICE_LITERAL("--")) || slice_starts(text, SLICE_LITERAL("#"))
            || slice_starts(text, SLICE_LITERAL("\\"))
            || slice_starts(text, SLICE_LITERAL("REM "))) {
            text = skip_past(text, "\n");
        } else if (slice_starts(text, SLICE_LITERAL("/*!"))
                   || slice_starts(text, SLICE_LITERAL("/*M!"))) {
            text = skip_past(text, "!");
            while (text.length > 0 && text.data[0] >= '0' && text.data[0] <= '9')
                text = slice_skip(text, 1);
        } else if (slice_starts(text, SLICE_LITERAL("/*"))) {
            text = skip_past(text, "*/");
        } else if (slice_starts(text, SLICE_LITERAL("*/"))
                   || slice_starts(text, SLICE_LITERAL(";"))) {
            text = slice_skip(text, 1 + (text.data[0] == '*'));
        } else {
            return text;
        }
    }
}

static struct slice take_word(struct slice *text)
{
    size_t length = 0;
    struct slice word;

    *text = skip_spaces(*text);
    while (length < text->length && is_word_byte(text->data[length]))
        length++;
    word = slice_make(text->data, length);
    *text = slice_skip(*text, length);
    return word;
}

/* Past a name of some parts, however quoted; false: there is none. */
static bool take_name(struct slice *text)
{
    size_t length = 0;
    char close = '\0';

    *text = skip_spaces(*text);
    while (length < text->length) {
        char c = text->data[length];

        if (close) {
            close = c == close ? '\0' : close;
        } else if (c == '`' || c == '"' || c == '\'') {
            close = c;
        } else if (c == '[') {
            close = ']';
        } else if (!is_word_byte(c) && !(c >= '0' && c <= '9') && !strchr(".$@#-", c)
                   && (unsigned char)c < 0x80) {
            break;
        }
        length++;
    }
    *text = slice_skip(*text, length);
    return length > 0 && !close;
}

static bool has_sign(struct slice text, char sign)
{
    text = skip_spaces(text);
    return text.length > 0 && text.data[0] == sign;
}

/* Whether this is INSERT INTO name (...) or VALUES, CREATE TABLE name (, COPY name ... FROM. */
static bool is_of_rows(struct slice text)
{
    struct slice word = take_word(&text), second;

    if (sql_word_is(word, "COPY"))
        return take_name(&text)
               && memmem(text.data, text.length < 8192 ? text.length : 8192, " FROM stdin", 11);
    second = take_word(&text);
    if (sql_word_is(word, "INSERT") || sql_word_is(word, "REPLACE")) {
        while (second.length > 0 && !sql_word_is(second, "INTO"))
            second = take_word(&text);
        if (second.length == 0 || !take_name(&text))
            return false;
        if (has_sign(text, '('))
            return true;
        word = take_word(&text);
        return sql_word_is(word, "VALUES") || sql_word_is(word, "SET")
               || sql_word_is(word, "SELECT");
    }
    if (!sql_word_is(word, "CREATE"))
        return false;
    for (unsigned i = 0; i < 4 && second.length > 0 && !sql_word_is(second, "TABLE"); i++)
        second = take_word(&text);
    if (!sql_word_is(second, "TABLE"))
        return false;
    for (second = text; sql_word_is(word = take_word(&second), "IF") || sql_word_is(word, "NOT")
                        || sql_word_is(word, "EXISTS");)
        text = second;
    return take_name(&text) && has_sign(text, '(');
}

/* Past the end of a statement: a ";" at a line's end, or GO on a line of its own. */
static struct slice skip_statement(struct slice text)
{
    while (text.length > 0) {
        const char *mark = memchr(text.data, '\n', text.length);
        size_t length = mark ? (size_t)(mark - text.data) + 1 : text.length;
        struct slice line = slice_trim(slice_make(text.data, length));

        text = slice_skip(text, length);
        if (line.length > 2 && line.data[line.length - 1] == '/'
            && line.data[line.length - 2] == '*')
            line = slice_trim(slice_make(line.data, line.length - 2));
        if (sql_word_is(line, "GO") || (line.length > 0 && line.data[line.length - 1] == ';'))
            return text;
    }
    return text;
}

/* Where the beginning is lost: most bytes are those of lines that are whole INSERTs. */
static bool is_mostly_inserts(struct slice text)
{
    size_t total = text.length, inserts = 0;

    while (text.length > 0) {
        const char *mark = memchr(text.data, '\n', text.length);
        size_t length = mark ? (size_t)(mark - text.data) + 1 : text.length;
        struct slice line = slice_trim(slice_make(text.data, length));

        if (line.length > 8 && (line.data[line.length - 1] == ';' || !mark) && is_of_rows(line))
            inserts += length;
        text = slice_skip(text, length);
    }
    return inserts * 2 > total;
}

bool sql_is_likely(struct slice head)
{
    struct slice text = skip_blank(head);
    unsigned known = 0;

    while (text.length > 0) {
        struct slice rest = text;
        struct slice word = take_word(&rest);

        if (is_of_rows(text))
            return true;
        if (!sql_is_statement(word)
            || !(has_sign(rest, ';') || rest.length == 0 || strchr(" \t\r\n", rest.data[0])))
            break;
        if (++known >= STATEMENTS_ENOUGH)
            return true;
        text = skip_blank(skip_statement(text));
    }
    return is_mostly_inserts(head);
}

/* A quote behind a backslash that does not end its string, by what follows. */
static bool has_escaped_quote(struct slice text)
{
    for (size_t i = 0; i + 2 < text.length; i++) {
        const char *found = memmem(text.data + i, text.length - i, "\\'", 2);

        if (!found)
            return false;
        i = (size_t)(found - text.data) + 1;
        if (i + 1 < text.length && !strchr(",); \r\n\t", text.data[i + 1]))
            return true;
    }
    return false;
}

bool sql_has_backslashes(struct slice head)
{
    static const char *const signs[] = {"/*!",          "ENGINE=",       "MySQL dump",
                                        "MariaDB dump", "LOCK TABLES `", "phpMyAdmin"};

    if (head.length == 0 || memmem(head.data, head.length, "PostgreSQL database dump", 24))
        return false;
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        if (memmem(head.data, head.length, signs[i], strlen(signs[i])))
            return true;
    }
    return memmem(head.data, head.length, "INSERT INTO `", 13) || has_escaped_quote(head);
}
