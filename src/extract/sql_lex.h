/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_SQL_LEX_H
#define EXTRACT_SQL_LEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "extract/decode.h"

/*
 * The words of SQL, of whatever database: a statement may be one line of many megabytes, so tokens
 * come one by one and no more is held than one of them. A string is kept up to a little more than
 * CELL_BYTES_MAX and gone through to its end.
 */
enum sql_kind {
    SQL_END,
    SQL_WORD,   /* a keyword, a name, a number; dots belong to it: "public.users", "1.5e-3" */
    SQL_NAME,   /* `quoted` or [quoted] */
    SQL_STRING, /* 'quoted' or "quoted"; also a hex literal that stands for text */
    SQL_SIGN,   /* any other character */
};

struct sql_token {
    enum sql_kind kind;
    char sign;         /* of SQL_SIGN the character, of SQL_STRING the quote */
    bool starts_line;  /* only white space is before it on its line */
    bool torn;         /* SQL_STRING: it is not closed */
    uint64_t line;     /* where it starts */
    struct slice text; /* without quotes, escapes undone; borrowed until the next token */
};

struct sql_lexer {
    struct text_source source;
    size_t at;      /* in the view */
    uint64_t line;  /* from 1 */
    bool backslash; /* escapes in strings begin with one */
    bool starts_line;
    bool again; /* the token is to be given once more */

    /* Set by the parser. */
    bool in_values;    /* a quote that nothing can follow is a character of its string */
    bool has_brackets; /* [names] may stand here */

    struct sql_token token;
    struct buf text; /* of the token */
    size_t text_max; /* more of it is not kept */
    uint64_t stray_quotes;
};

/* Start at offset 0 of `fd`. Clear with sql_lexer_clear(), also after a failure. */
int sql_lexer_open(struct sql_lexer *lexer, int fd, uint64_t size_bytes,
                   struct tq_error *err) MUST_CHECK;
void sql_lexer_clear(struct sql_lexer *lexer);

/* The same of a pipe: text_source_open_stream(). */
int sql_lexer_open_stream(struct sql_lexer *lexer, int fd, uint64_t bytes_max,
                          struct tq_error *err) MUST_CHECK;

/* The next token, in lexer->token. */
int sql_lexer_next(struct sql_lexer *lexer, struct tq_error *err) MUST_CHECK;

/* Let sql_lexer_next() give the same token again. */
void sql_lexer_unread(struct sql_lexer *lexer);

/*
 * The rest of the line, in lexer->token.text without its end. SQL_END if there is none. The lexer
 * stands on the next line. `torn`: it was longer than SQL_LINE_BYTES_MAX, and is not whole.
 */
#define SQL_LINE_BYTES_MAX ((size_t)8 << 20)
int sql_lexer_line(struct sql_lexer *lexer, struct tq_error *err) MUST_CHECK;

/* The line that comes, as far as `length_max` bytes of it go; it is not taken. */
int sql_lexer_peek(struct sql_lexer *lexer, size_t length_max, struct slice *out_line,
                   struct tq_error *err) MUST_CHECK;

/* Whether a word, whatever its case, is this one, which is in capitals. */
bool sql_word_is(struct slice word, const char *wanted);
bool sql_token_is(const struct sql_token *token, const char *wanted);

/* The character that `escaped` after a backslash stands for. */
char sql_unescape(char escaped);

static inline void sql_lexer_clear_cleanup(struct sql_lexer *lexer)
{
    sql_lexer_clear(lexer);
}

#endif
