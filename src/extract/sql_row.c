/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/sql_row.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "extract/sql_time.h"

/* A value while its tokens come. */
struct value {
    struct buf *text; /* what it is so far, from `start` on */
    size_t start;
    unsigned depth;    /* parentheses and brackets that are open within it */
    bool has_string;   /* its text is a string's */
    bool has_number;   /* or a number's */
    bool is_joined;    /* the last sign was that of || */
    bool is_negative;  /* the last sign was a minus */
    bool is_type;      /* words are those of a cast */
    bool is_character; /* the last word was CHR or CHAR: a number in it is a character */
    bool in_array;     /* its elements are all told */
};

void sql_row_clear(struct sql_row *row)
{
    buf_clear(&row->text);
    free(row->ends);
    *row = (struct sql_row){0};
}

void sql_row_empty(struct sql_row *row)
{
    buf_empty(&row->text);
    row->count = 0;
    row->torn = row->is_query = false;
}

struct slice sql_row_cell(const struct sql_row *row, size_t index)
{
    size_t start = index > 0 ? row->ends[index - 1] : 0;

    return slice_make(row->text.length ? row->text.data + start : "", row->ends[index] - start);
}

int sql_row_end_cell(struct sql_row *row, struct tq_error *err)
{
    int r = buf_check(&row->text, err);

    if (r < 0)
        return r;
    if (row->count >= SQL_ROW_CELLS_MAX) {
        row->text.length = row->ends[row->count - 1];
        return TQ_OK;
    }
    r = alloc_reserve(&row->ends, &row->capacity, row->count + 1, sizeof(*row->ends), err);
    if (r < 0)
        return r;
    row->ends[row->count++] = row->text.length;
    return TQ_OK;
}

static void forget_text(struct value *value)
{
    if (value->text->length > value->start)
        value->text->length = value->start;
}

static void add_string(struct value *value, struct slice text)
{
    bool goes_on = value->is_joined || value->in_array;

    if (value->has_string && !goes_on)
        return; /* the format of a date, and its like */
    if (!value->has_string && !(value->has_number && goes_on))
        forget_text(value);
    else if (value->in_array)
        buf_add_text(value->text, "; ");
    if (value->text->length - value->start <= CELL_BYTES_MAX)
        buf_add_slice(value->text, text);
    value->has_string = true;
    value->is_joined = false;
}

static void add_number(struct value *value, struct slice word)
{
    if (value->is_character && word.length <= 7) {
        long code = strtol(word.data, NULL, 10); /* the token's text ends with a NUL */

        value->is_character = false;
        if (!value->is_joined && !value->has_string)
            forget_text(value);
        if (code > 0 && code < 0x110000)
            buf_add_code_point(value->text, (uint32_t)code);
        value->has_string = true;
        value->is_joined = false;
        return;
    }
    if (value->has_string && value->is_joined)
        buf_add_slice(value->text, word);
    if (value->has_string || (value->has_number && !value->in_array))
        return;
    if (!value->has_number)
        forget_text(value);
    else
        buf_add_text(value->text, "; ");
    if (value->is_negative)
        buf_add_byte(value->text, '-');
    buf_add_slice(value->text, word);
    value->has_number = true;
}

static bool is_number(struct slice word)
{
    return (word.data[0] >= '0' && word.data[0] <= '9')
           || (word.data[0] == '.' && word.length > 1 && word.data[1] >= '0'
               && word.data[1] <= '9');
}

/* A word that is neither a name of nothing nor of a type is the value if nothing better comes. */
static void add_word(struct value *value, struct slice word)
{
    if (sql_word_is(word, "AS")) {
        value->is_type = true;
    } else if (value->is_type) {
        struct slice text = buf_slice(value->text);

        if (value->has_number && text.length > value->start)
            sql_time_of_hex(value->text, value->start, word);
    } else if (is_number(word)) {
        add_number(value, word);
    } else {
        value->is_character = sql_word_is(word, "CHR") || sql_word_is(word, "CHAR");
        if (value->has_string || value->has_number || value->depth > 0 || word.data[0] == '_'
            || sql_word_is(word, "NULL") || sql_word_is(word, "DEFAULT"))
            return;
        if (value->text->length > value->start)
            buf_add_byte(value->text, ' ');
        buf_add_slice(value->text, word);
    }
    value->is_negative = false;
}

static void add_sign(struct value *value, char sign)
{
    if (sign == '(' || sign == '[') {
        value->depth++;
        value->in_array |= sign == '[';
        if (!value->has_string && !value->has_number)
            forget_text(value); /* the name of a function */
    } else if ((sign == ')' || sign == ']') && value->depth > 0) {
        value->depth--;
        value->in_array &= sign != ']';
        value->is_type &= sign == ']';
    } else if (sign == '|' || (sign == '+' && value->has_string)) {
        value->is_joined = true;
        value->is_type = false;
    } else if (sign == ':') {
        value->is_type = true;
    } else if (sign == ',') {
        value->is_type = false;
    }
    value->is_negative = sign == '-';
}

static void add_token(struct value *value, const struct sql_token *token)
{
    switch (token->kind) {
    case SQL_STRING:
        add_string(value, token->text);
        break;
    case SQL_WORD:
        add_word(value, token->text);
        break;
    case SQL_SIGN:
        add_sign(value, token->sign);
        break;
    default:
        break;
    }
}

/* Whether a token ends a value; one that begins a statement does so if the text is damaged. */
static bool ends_value(const struct value *value, const struct sql_token *token, bool is_query)
{
    if (token->kind == SQL_END)
        return true;
    if (token->kind == SQL_SIGN)
        return token->sign == ';'
               || (value->depth == 0 && (token->sign == ',' || token->sign == ')'));
    if (is_query && value->depth == 0
        && (sql_token_is(token, "FROM") || sql_token_is(token, "UNION")))
        return true;
    if (token->kind != SQL_WORD || !token->starts_line)
        return false;
    return sql_token_is(token, "INSERT") || sql_token_is(token, "CREATE")
           || sql_token_is(token, "GO") || sql_token_is(token, "COPY");
}

int sql_row_read_value(struct sql_row *row, struct sql_lexer *lexer, bool *out_end,
                       struct tq_error *err)
{
    struct value value = {.text = &row->text, .start = row->text.length};
    const struct sql_token *token = &lexer->token;
    int r;

    for (;;) {
        r = sql_lexer_next(lexer, err);
        if (r < 0)
            return r;
        if (ends_value(&value, token, row->is_query))
            break;
        add_token(&value, token);
        if (token->torn) {
            row->torn = true;
            break;
        }
    }
    *out_end = row->torn || token->kind != SQL_SIGN || token->sign != ',';
    if (*out_end && !row->torn)
        sql_lexer_unread(lexer);
    return sql_row_end_cell(row, err);
}

int sql_row_read(struct sql_row *row, struct sql_lexer *lexer, struct tq_error *err)
{
    bool end = false;

    sql_row_empty(row);
    row->line = lexer->token.line;
    lexer->in_values = true;
    while (!end) {
        int r = sql_row_read_value(row, lexer, &end, err);

        if (r < 0)
            return r;
    }
    lexer->in_values = false;
    if (!row->torn && lexer->token.kind == SQL_SIGN && lexer->token.sign == ')')
        return sql_lexer_next(lexer, err); /* take what was given back */
    row->torn = true;
    return TQ_OK;
}
