/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_TOKENISE_H
#define EXTRACT_TOKENISE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "extract/dialect.h"
#include "extract/row_writer.h"

/*
 * Splitting delimited text into records, the hot path. Bytes that mean something are found 64 at
 * a time (AVX2 where the processor has it, else the scalar code, equal by test), everything else
 * is skipped.
 */

/* Bit i is set if data[i], i < 64, is one of the four needles (repeat one to look for fewer). */
typedef uint64_t tokenise_mask(const char *data, const char needles[4]);
tokenise_mask tokenise_mask_scalar;
tokenise_mask *tokenise_mask_best(void); /* for this processor */

enum token_status {
    TOKEN_RECORD, /* a record was found */
    TOKEN_MORE,   /* it may go on past the view: decode more and try again */
    TOKEN_END,    /* nothing is left */
};

/*
 * The splitter over one view of the text. `text` must be followed by TEXT_PADDING readable bytes.
 * Cells point into `text`, or into `scratch` if escapes had to be undone; they hold until the
 * next record.
 */
struct tokeniser {
    struct dialect dialect;
    tokenise_mask *mask;
    char needles[4];

    const char *text; /* the view */
    size_t length;
    bool final;
    size_t at;     /* where the next record starts */
    uint64_t line; /* its physical line, from 1 */

    uint64_t block; /* needles not yet used in the 64 bytes from `block_at` */
    size_t block_at;

    struct row_cell *cells; /* the record: owned array */
    size_t cell_count, cell_capacity;
    uint64_t record_line; /* its first physical line */
    size_t record_at;     /* where it started */
    bool stray_quote;     /* a quote in it was taken as a character */
    bool too_long;        /* it was longer than the view may get: the rest was skipped */
    struct buf scratch;

    uint32_t stray_checks;     /* in the open record */
    uint64_t wasted, consumed; /* bytes: searched in vain, and of records: keeps time linear */
};

void tokeniser_init(struct tokeniser *tokeniser, const struct dialect *dialect);
void tokeniser_clear(struct tokeniser *tokeniser);

/* Another dialect from the next record on. */
void tokeniser_set_dialect(struct tokeniser *tokeniser, const struct dialect *dialect);

/* Show a (new) view; the next record starts at its beginning. */
void tokeniser_view(struct tokeniser *tokeniser, const char *text, size_t length, bool final);

/*
 * Find the next record. On TOKEN_MORE nothing has moved. A quoted cell may run over several
 * lines, unless reading its opening quote as a character gives lines of the expected number of
 * cells, or the closing quote is too far away: then it is a stray quote.
 */
int tokenise_next(struct tokeniser *tokeniser, enum token_status *out_status,
                  struct tq_error *err) MUST_CHECK;

/* Take the record that does not end within the view as far as it is there, and go past it. */
int tokenise_cut(struct tokeniser *tokeniser, struct tq_error *err) MUST_CHECK;

#endif
