/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/tokenise.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "extract/decode.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#define BLOCK_BYTES      64u
#define QUOTED_LINES_MAX 256u                /* a cell of more lines is a stray quote */
#define QUOTED_BYTES_MAX ((size_t)128 << 10) /* the same, once it has crossed a line end */
#define STRAY_CHECKS_MAX 8u                  /* of one record: a check looks at whole lines */
#define WASTE_BYTES      ((uint64_t)1 << 20) /* looked through for closing quotes in vain, ... */
#define WASTE_FACTOR     8u                  /* ... besides this many times what was read */
#define RECORD_CELLS_MAX (1u << 20)          /* of one record; more are left out */

/* How a search for the end of something ended. */
enum outcome {
    FOUND,
    NOT_FOUND,
    NEEDS_MORE
};

uint64_t tokenise_mask_scalar(const char *data, const char needles[4])
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < BLOCK_BYTES; i++) {
        char c = data[i];
        bool hit = c == needles[0] || c == needles[1] || c == needles[2] || c == needles[3];

        mask |= (uint64_t)hit << i;
    }
    return mask;
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static uint32_t mask_32(__m256i bytes, const char needles[4])
{
    __m256i a = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(needles[0]));
    __m256i b = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(needles[1]));
    __m256i c = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(needles[2]));
    __m256i d = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(needles[3]));
    __m256i any = _mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(c, d));

    return (uint32_t)_mm256_movemask_epi8(any);
}

__attribute__((target("avx2"))) static uint64_t mask_avx2(const char *data, const char needles[4])
{
    __m256i low, high;

    memcpy(&low, data, sizeof(low));
    memcpy(&high, data + sizeof(low), sizeof(high));
    return mask_32(low, needles) | (uint64_t)mask_32(high, needles) << 32;
}
#endif

tokenise_mask *tokenise_mask_best(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        return mask_avx2;
#endif
    return tokenise_mask_scalar;
}

void tokeniser_set_dialect(struct tokeniser *tokeniser, const struct dialect *dialect)
{
    char *needles = tokeniser->needles;

    tokeniser->dialect = *dialect;
    needles[0] = '\n';
    needles[1] = dialect->delimiter_length ? dialect->delimiter[0] : '\n';
    needles[2] = dialect->quote ? dialect->quote : '\n';
    needles[3] = dialect->escape ? dialect->escape : '\n';
    tokeniser->block_at = SIZE_MAX;
}

void tokeniser_init(struct tokeniser *tokeniser, const struct dialect *dialect)
{
    *tokeniser = (struct tokeniser){.mask = tokenise_mask_best(), .line = 1};
    tokeniser_set_dialect(tokeniser, dialect);
}

void tokeniser_clear(struct tokeniser *tokeniser)
{
    free(tokeniser->cells);
    buf_clear(&tokeniser->scratch);
    *tokeniser = (struct tokeniser){0};
}

void tokeniser_view(struct tokeniser *tokeniser, const char *text, size_t length, bool final)
{
    tokeniser->text = text;
    tokeniser->length = length;
    tokeniser->final = final;
    tokeniser->at = 0;
    tokeniser->block_at = SIZE_MAX;
}

/* The needles of the 64 bytes from `block_at` on. */
static inline uint64_t block_needles(struct tokeniser *t, size_t block_at)
{
    if (block_at != t->block_at) {
        t->block = t->mask(t->text + block_at, t->needles);
        t->block_at = block_at;
    }
    return t->block;
}

/* The next needle at or after `from`; the length of the view if there is none. */
static inline size_t next_needle(struct tokeniser *t, size_t from)
{
    size_t block_at = from & ~(size_t)(BLOCK_BYTES - 1);

    while (block_at < t->length) {
        uint64_t left = block_needles(t, block_at);

        if (from > block_at)
            left &= ~(uint64_t)0 << (from - block_at);
        if (left) {
            size_t found = block_at + (size_t)__builtin_ctzll(left);

            return found < t->length ? found : t->length;
        }
        block_at += BLOCK_BYTES;
    }
    return t->length;
}

/* Whether a whole delimiter is at `at`. */
static inline bool is_delimiter(const struct tokeniser *t, size_t at)
{
    const struct dialect *dialect = &t->dialect;

    if (dialect->delimiter_length == 0 || t->text[at] != dialect->delimiter[0])
        return false;
    if (dialect->delimiter_length == 1)
        return true;
    return t->length - at >= dialect->delimiter_length
           && memcmp(t->text + at, dialect->delimiter, dialect->delimiter_length) == 0;
}

/* The end of an unquoted cell that starts at `from`: a delimiter, a line end or the view's end. */
static inline size_t plain_end(struct tokeniser *t, size_t from, bool *out_escaped)
{
    size_t at = next_needle(t, from);

    while (at < t->length) {
        if (t->text[at] == '\n' || is_delimiter(t, at))
            return at;
        if (t->dialect.escape && t->text[at] == t->dialect.escape) {
            *out_escaped = true;
            at++; /* whatever follows is a character */
            if (at < t->length && t->text[at] == '\n')
                return at;
        }
        at = next_needle(t, at + 1);
    }
    return t->length;
}

/* Whether the quote at `at` is the first of two. */
static inline bool is_doubled(const struct tokeniser *t, size_t at)
{
    return at + 1 < t->length && t->text[at + 1] == t->text[at];
}

/*
 * How many cells there are from `from` to the line's end, quotes honoured within the line; with
 * `is_literal` the quote that opens the first cell is a character.
 */
static uint32_t count_line_cells(struct tokeniser *t, size_t from, bool is_literal)
{
    uint32_t cells = 1;
    size_t at, cell = is_literal ? SIZE_MAX : from;
    bool quoted = false;

    for (at = next_needle(t, from); at < t->length; at = next_needle(t, at + 1)) {
        if (t->text[at] == '\n')
            break;
        if (t->text[at] == t->dialect.quote && quoted && is_doubled(t, at)) {
            at++;
        } else if (t->text[at] == t->dialect.quote && (quoted || at == cell)) {
            quoted = !quoted;
        } else if (!quoted && is_delimiter(t, at)) {
            cells++;
            cell = at + t->dialect.delimiter_length;
        }
    }
    return cells;
}

/*
 * Whether the quote at `quote_at`, which opens a cell, is a character: taken so, the line has the
 * cells it should have, and the line after `line_end` (if the cell crosses it) has its own.
 */
static bool is_stray(struct tokeniser *t, size_t quote_at, size_t line_end)
{
    uint32_t wanted = t->dialect.columns;

    if (wanted < 2 || t->stray_checks++ >= STRAY_CHECKS_MAX)
        return false;
    if (t->cell_count + count_line_cells(t, quote_at, true) != wanted)
        return false;
    if (line_end == SIZE_MAX)
        return true;
    return line_end + 1 < t->length && count_line_cells(t, line_end + 1, false) == wanted;
}

/* Whether what follows the closing quote at `at` ends the cell; spaces may come between. */
static bool ends_cell(const struct tokeniser *t, size_t at)
{
    at++;
    while (at < t->length && t->text[at] == ' ' && t->dialect.delimiter[0] != ' ')
        at++;
    if (at < t->length && t->text[at] == '\r')
        at++;
    return at >= t->length || t->text[at] == '\n' || is_delimiter(t, at);
}

/* The same for a cell that would end at `end` in its line, and leave the line short of cells. */
static bool is_stray_in_line(struct tokeniser *t, size_t quote_at, size_t end)
{
    uint32_t rest = count_line_cells(t, end + 1, false) - 1;

    return t->cell_count + 1 + rest != t->dialect.columns && is_stray(t, quote_at, SIZE_MAX);
}

/* Whether the line at `from` ends within the view, so that it can be judged. */
static bool is_in_view(const struct tokeniser *t, size_t from)
{
    return t->final || from >= t->length || t->length - from > QUOTED_BYTES_MAX
           || memchr(t->text + from, '\n', t->length - from);
}

/* A quoted cell goes past the end of its `lines`th line, at `at`: FOUND if it may. */
static enum outcome cross_line(struct tokeniser *t, size_t from, size_t at, uint64_t lines)
{
    if (lines > QUOTED_LINES_MAX || at - from > QUOTED_BYTES_MAX
        || t->wasted > WASTE_BYTES + WASTE_FACTOR * t->consumed)
        return NOT_FOUND;
    if (lines > 1)
        return FOUND;
    if (!is_in_view(t, at + 1) || (at + 1 >= t->length && !t->final))
        return NEEDS_MORE;
    return is_stray(t, from - 1, at) ? NOT_FOUND : FOUND;
}

/*
 * The closing quote of the cell whose text starts at `from`. A quote that neither closes nor is
 * doubled is a character, and makes the opening one suspect.
 */
static enum outcome quoted_end(struct tokeniser *t, size_t from, size_t *out_end, bool *out_escaped,
                               uint64_t *out_lines)
{
    uint64_t lines = 0;
    bool suspect = false;

    for (size_t at = next_needle(t, from); at < t->length; at = next_needle(t, at + 1)) {
        char c = t->text[at];

        if (c == '\n') {
            enum outcome outcome = cross_line(t, from, at, ++lines);

            t->wasted += outcome == NOT_FOUND ? at - from : 0;
            if (outcome != FOUND)
                return outcome;
        } else if (t->dialect.escape && c == t->dialect.escape) {
            *out_escaped = true;
            at++;
        } else if (c == t->dialect.quote) {
            if (at + 1 >= t->length && !t->final)
                return NEEDS_MORE;
            if (is_doubled(t, at) && t->dialect.undoubled && ends_cell(t, at + 1)) {
                *out_end = at + 1;
                *out_lines = lines;
                return FOUND;
            } else if (is_doubled(t, at)) {
                *out_escaped = true;
                at++;
            } else if (!ends_cell(t, at)) {
                suspect = true;
            } else if (suspect && lines == 0 && !is_in_view(t, at)) {
                return NEEDS_MORE;
            } else if (suspect && lines == 0 && is_stray_in_line(t, from - 1, at)) {
                return NOT_FOUND;
            } else {
                *out_end = at;
                *out_lines = lines;
                return FOUND;
            }
        }
    }
    t->wasted += t->length - from;
    return t->final ? NOT_FOUND : NEEDS_MORE;
}

/* What stands for the character behind an escape. */
static char unescape(char c)
{
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

/* Undo doubled quotes and escapes into the scratch buffer; remembered by offset until the end. */
static void undo_escapes(struct tokeniser *t, size_t from, size_t end, bool quoted)
{
    for (size_t i = from; i < end; i++) {
        char c = t->text[i];

        if (t->dialect.escape && c == t->dialect.escape && i + 1 < end) {
            c = unescape(t->text[++i]);
        } else if (quoted && c == t->dialect.quote && i + 1 < end && t->text[i + 1] == c) {
            i++;
        }
        buf_add_byte(&t->scratch, c);
    }
}

static int add_cell(struct tokeniser *t, size_t from, size_t end, bool quoted, bool escaped,
                    struct tq_error *err)
{
    struct row_cell *cell;
    int r;

    if (t->cell_count >= RECORD_CELLS_MAX)
        return TQ_OK;
    r = alloc_reserve(&t->cells, &t->cell_capacity, t->cell_count + 1, sizeof(*t->cells), err);
    if (r < 0)
        return r;
    cell = &t->cells[t->cell_count++];
    if (!escaped) {
        *cell = (struct row_cell){t->text + from, (uint32_t)(end - from)};
        return TQ_OK;
    }
    /* `text` stays NULL until the scratch buffer has stopped moving. */
    cell->length = (uint32_t)t->scratch.length;
    undo_escapes(t, from, end, quoted);
    cell->length = (uint32_t)(t->scratch.length - cell->length);
    cell->text = NULL;
    return buf_check(&t->scratch, err);
}

/* Point the cells that had escapes at their place in the scratch buffer. */
static int place_escaped(struct tokeniser *t, struct tq_error *err)
{
    size_t at = 0;

    if (t->scratch.length == 0 && !t->scratch.data) {
        buf_add(&t->scratch, "", 0);
    }
    for (unsigned i = 0; i < TEXT_PADDING; i++)
        buf_add_byte(&t->scratch, '\0');
    if (t->scratch.failed)
        return buf_check(&t->scratch, err);
    for (size_t i = 0; i < t->cell_count; i++) {
        if (t->cells[i].text)
            continue;
        t->cells[i].text = t->scratch.data + at;
        at += t->cells[i].length;
    }
    return TQ_OK;
}

/* Where the quote stands that opens the cell at `from`, SIZE_MAX: none. Spaces may come before. */
static inline size_t quote_position(const struct tokeniser *t, size_t from)
{
    if (!t->dialect.quote)
        return SIZE_MAX;
    while (from < t->length && t->text[from] == ' ' && t->dialect.delimiter[0] != ' ')
        from++;
    return from < t->length && t->text[from] == t->dialect.quote ? from : SIZE_MAX;
}

/* One cell from `from`; *out_next is where it ended: at a delimiter, a line end or the view's. */
static int read_cell(struct tokeniser *t, size_t from, size_t *out_next, bool *out_any_escaped,
                     enum outcome *out_outcome, struct tq_error *err)
{
    bool escaped = false;
    size_t end = 0, quote_at = quote_position(t, from);
    uint64_t lines = 0;

    if (quote_at != SIZE_MAX) {
        enum outcome outcome = quoted_end(t, quote_at + 1, &end, &escaped, &lines);

        if (outcome == NEEDS_MORE) {
            *out_outcome = NEEDS_MORE;
            return TQ_OK;
        }
        if (outcome == FOUND) {
            int r = add_cell(t, quote_at + 1, end, true, escaped, err);

            t->line += lines;
            *out_any_escaped |= escaped;
            *out_next = plain_end(t, end + 1, &escaped);
            return r;
        }
        t->stray_quote = true;
        escaped = false;
    }
    end = plain_end(t, from, &escaped);
    *out_next = end;
    *out_any_escaped |= escaped;
    if ((end >= t->length || t->text[end] == '\n') && end > from && t->text[end - 1] == '\r')
        end--;
    return add_cell(t, from, end, false, escaped, err);
}

static inline void put_plain(struct tokeniser *t, size_t from, size_t end)
{
    t->cells[t->cell_count++] = (struct row_cell){t->text + from, (uint32_t)(end - from)};
}

/*
 * The common case, in one tight loop: a record in view that has no quote and no escape. False,
 * with nothing done, if it is not so (or the array of cells is too small).
 */
static bool read_plain_record(struct tokeniser *t, size_t *out_end)
{
    size_t cell = t->at, block_at = cell & ~(size_t)(BLOCK_BYTES - 1);
    uint64_t bits = block_needles(t, block_at) & ~(uint64_t)0 << (cell - block_at);
    char delimiter = t->dialect.delimiter[0];

    if (t->dialect.delimiter_length != 1)
        return false;
    t->cell_count = 0;
    for (;;) {
        for (; bits; bits &= bits - 1) {
            size_t at = block_at + (size_t)__builtin_ctzll(bits);

            if (at >= t->length || t->cell_count == t->cell_capacity)
                return false;
            if (t->text[at] == delimiter) {
                put_plain(t, cell, at);
                cell = at + 1;
            } else if (t->text[at] == '\n') {
                put_plain(t, cell, at > cell && t->text[at - 1] == '\r' ? at - 1 : at);
                *out_end = at;
                return true;
            } else {
                return false;
            }
        }
        block_at += BLOCK_BYTES;
        if (block_at >= t->length)
            return false;
        bits = block_needles(t, block_at);
    }
}

/* The cells of the record at t->at. With `cut` the end of the view is an end of the record. */
static int read_record(struct tokeniser *t, bool cut, size_t *out_end, enum outcome *out_outcome,
                       struct tq_error *err)
{
    size_t at = t->at, next = at;
    bool any_escaped = false;
    int r;

    t->record_at = at;
    t->record_line = t->line;
    t->stray_quote = t->too_long = false;
    *out_outcome = FOUND;
    if (read_plain_record(t, out_end))
        return TQ_OK;
    t->cell_count = 0;
    t->stray_checks = 0;
    buf_empty(&t->scratch);

    for (;;) {
        r = read_cell(t, at, &next, &any_escaped, out_outcome, err);
        if (r < 0 || *out_outcome == NEEDS_MORE)
            return r;
        if (next >= t->length) {
            *out_outcome = t->final || cut ? FOUND : NEEDS_MORE;
            break;
        }
        if (t->text[next] == '\n')
            break;
        at = next + t->dialect.delimiter_length;
    }
    *out_end = next;
    return any_escaped ? place_escaped(t, err) : TQ_OK;
}

int tokenise_next(struct tokeniser *t, enum token_status *out_status, struct tq_error *err)
{
    enum outcome outcome;
    uint64_t line = t->line;
    size_t end;
    int r;

    if (t->at >= t->length) {
        *out_status = t->final ? TOKEN_END : TOKEN_MORE;
        return TQ_OK;
    }
    r = read_record(t, false, &end, &outcome, err);
    if (r < 0)
        return r;
    if (outcome == NEEDS_MORE) {
        t->line = line;
        *out_status = TOKEN_MORE;
        return TQ_OK;
    }
    t->line++;
    t->consumed += end - t->at;
    t->at = end < t->length ? end + 1 : t->length;
    *out_status = TOKEN_RECORD;
    return TQ_OK;
}

int tokenise_cut(struct tokeniser *t, struct tq_error *err)
{
    bool final = t->final;
    enum outcome outcome;
    size_t end;
    int r;

    t->final = true; /* what is in view is all there is to this record */
    r = read_record(t, true, &end, &outcome, err);
    t->final = final;
    if (r < 0)
        return r;
    t->too_long = end >= t->length;
    t->line += !t->too_long;
    t->at = end < t->length ? end + 1 : t->length;
    return TQ_OK;
}
