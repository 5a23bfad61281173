/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/dialect.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "extract/comment_header.h"
#include "extract/decode.h"
#include "extract/fixed_width.h"
#include "extract/tokenise.h"

#define RECORDS_MAX  400 /* of the sample that are scored */
#define PATTERNS_MAX 64  /* row lengths told apart */
#define SCORE_ONE    10000
#define SMALL_TABLE  3 /* so few columns may be decimal commas in aligned text */
#define LINE_SHARE   4 /* a delimiter stands in at least a quarter of the lines */

#define BOX_BAR "\xE2\x94\x82" /* of a drawn table */

/* A possible delimiter and how readily we believe in it, in tenths. */
struct candidate {
    const char *delimiter;
    int weight;
};

static const struct candidate candidates[] = {
    {", ", 10}, /* the longer first: on a tie its cells have no stray spaces */
    {"; ", 10},
    {"::", 10},
    {"||", 10},
    {" | ", 10},
    {"@@", 9},
    {",", 10},
    {";", 10},
    {"\t", 10},
    {"|", 10},
    {"\x01", 10},
    {"\x1F", 10},
    {":", 9},
    {"^", 9},
    {"~", 9},
    {"\xC2\xA7", 9},     /* section sign */
    {"\xC2\xA6", 9},     /* broken bar */
    {"\xC2\xAC", 9},     /* not sign */
    {"\xD8\x8C", 9},     /* Arabic comma */
    {"\xD8\x9B", 9},     /* Arabic semicolon */
    {"\xEF\xBC\x8C", 9}, /* full-width comma */
    {"\xEF\xBC\x9B", 9}, /* full-width semicolon */
    {"\xEF\xBD\x9C", 9}, /* full-width bar */
    {BOX_BAR, 9},
    {"\xE2\x80\x96", 9}, /* double bar */
    {"\xC2\xB6", 9},     /* pilcrow */
    {"\xC3\xBE", 7},     /* thorn: of litigation software */
    {"#", 8},
    {"*", 8},
    {"!", 8},
    {"$", 8},
    {"%", 8},
    {"&", 8},
    {"=", 8},
    {"`", 8},
    {" ", 6},
};

/* What a dialect makes of the sample. */
struct score {
    uint32_t rows;  /* that are not blank */
    uint32_t modal; /* cells of most rows with two or more */
    uint32_t modal_rows;
    uint32_t rests; /* rows of one cell */
    uint32_t known; /* twice the cells of a known type, once those merely quoted */
    uint32_t cells;
    uint64_t cell_bytes;
    uint32_t valued;     /* cells that are more than words: numbers, dates, addresses, codes */
    uint32_t blank_odd;  /* rows in which every second cell is empty */
    uint32_t filled_odd; /* rows as long as most in which one is not */
    char odd[DELIMITER_BYTES_MAX]; /* what every second cell of the first row holds, if the same */
    uint8_t odd_length;
    uint32_t same_odd; /* rows whose every second cell holds that */
    bool multiline;
    int64_t points;
};

struct patterns {
    uint32_t length[PATTERNS_MAX], rows[PATTERNS_MAX];
    uint32_t count, lost;
};

static void count_pattern(struct patterns *patterns, uint32_t length)
{
    for (uint32_t i = 0; i < patterns->count; i++) {
        if (patterns->length[i] == length) {
            patterns->rows[i]++;
            return;
        }
    }
    if (patterns->count == PATTERNS_MAX) {
        patterns->lost++;
        return;
    }
    patterns->length[patterns->count] = length;
    patterns->rows[patterns->count++] = 1;
}

/* Rows x (length - 1) / length, times how concentrated the lengths are (Herfindahl's index, which
 * is 1 / K for K equal shares as in the paper, but forgives a few ragged rows). */
static int64_t pattern_points(const struct patterns *patterns, struct score *score)
{
    int64_t weight = 0, squares = 0, rows = score->rows;

    for (uint32_t i = 0; i < patterns->count; i++) {
        int64_t n = patterns->rows[i], length = patterns->length[i];

        squares += n * n;
        weight += n * (length - 1) * SCORE_ONE / length;
        if (patterns->rows[i] > score->modal_rows
            || (patterns->rows[i] == score->modal_rows && patterns->length[i] > score->modal)) {
            score->modal_rows = patterns->rows[i];
            score->modal = patterns->length[i];
        }
    }
    rows -= score->rests;
    return rows > 0 && score->rows > 0 ? weight / score->rows * squares / (rows * rows) : 0;
}

static bool is_blank(const struct tokeniser *tokeniser)
{
    return tokeniser->cell_count == 1
           && slice_trim(slice_make(tokeniser->cells[0].text, tokeniser->cells[0].length)).length
                  == 0;
}

/* Whether a cell stood in quotes; one with escapes was copied out of the sample. */
static bool is_quoted(const struct tokeniser *tokeniser, size_t i)
{
    const char *text = tokeniser->cells[i].text;

    if (text < tokeniser->text || text >= tokeniser->text + tokeniser->length)
        return true;
    return tokeniser->dialect.quote && text > tokeniser->text
           && text[-1] == tokeniser->dialect.quote;
}

static struct slice cell_of(const struct tokeniser *tokeniser, size_t i)
{
    return slice_make(tokeniser->cells[i].text, tokeniser->cells[i].length);
}

static bool is_sign(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];

        if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '"' || c == '\'')
            return false;
    }
    return true;
}

/* Whether every second cell holds the same sign or two: it is a part of the delimiter. */
static void count_same_odd(const struct tokeniser *tokeniser, struct score *score)
{
    struct slice odd;

    if (tokeniser->cell_count < 3)
        return;
    odd = cell_of(tokeniser, 1);
    if (score->odd_length == 0 && odd.length > 0 && odd.length <= DELIMITER_BYTES_MAX - 2
        && is_sign(odd)) {
        memcpy(score->odd, odd.data, odd.length); /* the cell is the tokeniser's */
        score->odd_length = (uint8_t)odd.length;
    }
    odd = slice_make(score->odd, score->odd_length);
    for (size_t i = 1; i < tokeniser->cell_count; i += 2) {
        if (odd.length == 0 || !slice_equal(cell_of(tokeniser, i), odd))
            return;
    }
    score->same_odd++;
}

static void score_cells(const struct tokeniser *tokeniser, struct score *score)
{
    bool odd_blank = tokeniser->cell_count >= 3;

    for (size_t i = 0; i < tokeniser->cell_count; i++) {
        struct slice cell = slice_make(tokeniser->cells[i].text, tokeniser->cells[i].length);
        enum value_shape shape;

        if (cell.length > CELL_BYTES_MAX)
            cell.length = CELL_BYTES_MAX;
        shape = value_shape(cell);
        score->cells++;
        score->cell_bytes += cell.length;
        score->known += shape != VALUE_UNKNOWN ? 2 : is_quoted(tokeniser, i);
        score->valued += shape >= VALUE_NUMBER && shape <= VALUE_CODE;
        odd_blank &= i % 2 == 0 || cell.length == 0;
        if (memchr(cell.data, '\n', cell.length))
            score->multiline = true;
    }
    count_same_odd(tokeniser, score);
    score->blank_odd += odd_blank;
    score->filled_odd += !odd_blank && tokeniser->cell_count == tokeniser->dialect.columns;
}

static int score_pass(struct slice sample, const struct dialect *dialect, bool only_lengths,
                      struct score *out_score, struct tq_error *err)
{
    struct tokeniser tokeniser;
    struct patterns patterns = {0};
    struct score score = {0};
    enum token_status status;
    int r;

    tokeniser_init(&tokeniser, dialect);
    tokeniser_view(&tokeniser, sample.data, sample.length, true);
    for (unsigned i = 0; i < RECORDS_MAX; i++) {
        r = tokenise_next(&tokeniser, &status, err);
        if (r < 0 || status != TOKEN_RECORD)
            break;
        if (is_blank(&tokeniser))
            continue;
        score.rows++;
        if (tokeniser.cell_count == 1) {
            score.rests++;
            continue;
        }
        count_pattern(&patterns, (uint32_t)tokeniser.cell_count);
        if (!only_lengths)
            score_cells(&tokeniser, &score);
    }
    tokeniser_clear(&tokeniser);
    if (r < 0)
        return r;
    score.points = pattern_points(&patterns, &score);
    if (score.cells > 0)
        score.points = score.points * (score.known * 19 + score.cells) / (score.cells * 39);
    *out_score = score;
    return TQ_OK;
}

/* Score a dialect. Its columns are found first without quotes, so that a stray one shows. */
static int score_dialect(struct slice sample, struct dialect *dialect, struct score *out_score,
                         struct tq_error *err)
{
    struct dialect plain = *dialect;
    int r;

    if (dialect->quote) {
        plain.quote = 0;
        r = score_pass(sample, &plain, true, out_score, err);
        if (r < 0)
            return r;
        dialect->columns = out_score->modal;
        r = score_pass(sample, dialect, false, out_score, err);
        if (r < 0)
            return r;
    }
    if (dialect->columns != out_score->modal || !dialect->quote) {
        dialect->columns = out_score->modal;
        r = score_pass(sample, dialect, false, out_score, err);
        if (r < 0)
            return r;
    }
    dialect->columns = out_score->modal;
    dialect->multiline = out_score->multiline;
    return TQ_OK;
}

static struct dialect make_dialect(const char *delimiter, char quote, char escape)
{
    struct dialect dialect = {.quote = quote, .escape = escape};

    dialect.delimiter_length = (uint8_t)strlen(delimiter);
    memcpy(dialect.delimiter, delimiter, dialect.delimiter_length);
    return dialect;
}

/* Whether the delimiter stands in enough lines to be one. */
static bool is_frequent(struct slice sample, struct slice delimiter)
{
    size_t lines = 0, with = 0;

    while (sample.length > 0) {
        const char *mark = memchr(sample.data, '\n', sample.length);
        size_t length = mark ? (size_t)(mark - sample.data) : sample.length;

        lines += length > 1;
        with += memmem(sample.data, length, delimiter.data, delimiter.length) != NULL;
        sample = slice_skip(sample, length + 1);
    }
    return with > 0 && with * LINE_SHARE >= lines;
}

/* Whether cells seem to start with `quote`: at a line start or behind the delimiter. */
static bool opens_cells(struct slice sample, const char *delimiter, char quote)
{
    size_t length = strlen(delimiter);

    for (size_t i = 0; i < sample.length; i++) {
        if (sample.data[i] != quote)
            continue;
        if (i == 0 || sample.data[i - 1] == '\n')
            return true;
        if (i >= length && memcmp(sample.data + i - length, delimiter, length) == 0)
            return true;
    }
    return false;
}

static bool has_escapes(struct slice sample, const char *delimiter, char quote)
{
    for (size_t i = 0; i + 1 < sample.length; i++) {
        if (sample.data[i] == '\\'
            && (sample.data[i + 1] == quote || sample.data[i + 1] == delimiter[0]))
            return true;
    }
    return false;
}

/* The best so far. */
struct choice {
    struct dialect dialect;
    struct score score;
    int64_t points;
};

static int try_dialect(struct slice sample, const struct candidate *candidate, char quote,
                       char escape, struct choice *best, struct tq_error *err)
{
    struct dialect dialect = make_dialect(candidate->delimiter, quote, escape);
    struct score score = {0};
    int64_t points;
    int r;

    r = score_dialect(sample, &dialect, &score, err);
    if (r < 0)
        return r;
    points = score.points * candidate->weight;
    /* On a tie escapes are honoured: they are there, and they do no harm. */
    if (points > best->points || (escape && points == best->points && points > 0))
        *best = (struct choice){dialect, score, points};
    return TQ_OK;
}

static int try_candidate(struct slice sample, const struct candidate *candidate,
                         struct choice *best, struct tq_error *err)
{
    const char quotes[] = {'"', '\'', 0};

    for (unsigned i = 0; i < sizeof(quotes); i++) {
        char quote = quotes[i];
        int r;

        if (quote == '\'' && !opens_cells(sample, candidate->delimiter, quote))
            continue;
        if (quote == 0 && !memchr(sample.data, '"', sample.length))
            continue;
        r = try_dialect(sample, candidate, quote, 0, best, err);
        if (r < 0)
            return r;
        if (!has_escapes(sample, candidate->delimiter, quote))
            continue;
        r = try_dialect(sample, candidate, quote, '\\', best, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* "~|~" reads as "~" with "|" in every second cell, and "||" reads as "|" with every second cell
 * empty, those of the header too; columns that are mostly empty are not. */
static void double_delimiter(struct choice *best)
{
    struct dialect *dialect = &best->dialect;
    struct slice odd = slice_make(best->score.odd, best->score.odd_length);

    if (dialect->delimiter_length == 1 && odd.length > 0
        && best->score.same_odd * 10 >= best->score.rows * 9) {
        memcpy(dialect->delimiter + 1, odd.data, odd.length);
        dialect->delimiter[1 + odd.length] = dialect->delimiter[0];
        dialect->delimiter_length = (uint8_t)(2 + odd.length);
        dialect->columns = (dialect->columns + 1) / 2;
        return;
    }
    if (best->score.blank_odd * 10 < best->score.rows * 9 || best->score.filled_odd > 0
        || dialect->columns < 3 || dialect->delimiter_length != 1)
        return;
    dialect->delimiter[1] = dialect->delimiter[0];
    dialect->delimiter_length = 2;
    dialect->columns = (dialect->columns + 1) / 2;
}

static bool is_space(const struct dialect *dialect)
{
    return dialect->delimiter_length == 1 && dialect->delimiter[0] == ' ';
}

/* Whether programs commonly part cells so. */
static bool is_usual(const struct dialect *dialect)
{
    char first = dialect->delimiter[is_space(dialect) || dialect->delimiter[0] != ' ' ? 0 : 1];

    return dialect->delimiter_length
           && (strchr(",;\t|\x01\x1F", first)
               || strncmp(dialect->delimiter, BOX_BAR, DELIMITER_BYTES_MAX) == 0);
}

static enum dialect_certainty judge(const struct choice *best)
{
    const struct score *score = &best->score;
    const struct dialect *dialect = &best->dialect;
    bool usual = is_usual(dialect);
    uint32_t percent;

    if (best->points <= 0 || score->modal < 2)
        return DIALECT_NONE;
    percent = score->modal_rows * 100 / score->rows;
    if (is_space(dialect))
        return percent >= 95 && score->rows >= 5 && score->valued * 3 >= score->cells
                   ? DIALECT_LIKELY
                   : DIALECT_NONE;
    if (score->rows < 3 && !(usual && score->modal >= 3))
        return DIALECT_WEAK;
    if (score->known < score->cells)
        return usual && percent >= 95 && score->rows >= 5 && score->modal >= 3 ? DIALECT_LIKELY
                                                                               : DIALECT_WEAK;
    if (score->modal == 2 && (percent < 80 || score->cell_bytes > (uint64_t)score->cells * 60))
        return DIALECT_WEAK;
    if (!usual && percent < 80)
        return DIALECT_WEAK;
    return percent >= 50 || (percent >= 30 && score->modal >= 4 && score->rests * 2 < score->rows)
               ? DIALECT_LIKELY
               : DIALECT_WEAK;
}

/* What stands between double quotes, if they enclose the whole line. */
static struct slice without_quotes(struct slice line)
{
    line = slice_trim(line);
    if (line.length >= 2 && line.data[0] == '"' && line.data[line.length - 1] == '"')
        return slice_make(line.data + 1, line.length - 2);
    return line;
}

/* A list of values, one a line: numbers, dates, addresses, codes. *out_quoted: mostly in quotes. */
static bool is_value_list(struct slice sample, bool *out_quoted)
{
    size_t lines = 0, values = 0, quoted = 0;

    while (sample.length > 0 && lines < RECORDS_MAX) {
        const char *mark = memchr(sample.data, '\n', sample.length);
        size_t length = mark ? (size_t)(mark - sample.data) : sample.length;
        enum value_shape shape;
        struct slice line;

        if (length > CELL_BYTES_MAX)
            return false;
        line = without_quotes(slice_make(sample.data, length));
        shape = value_shape(line);
        quoted += shape != VALUE_EMPTY && line.data > sample.data && line.data[-1] == '"';
        lines += shape != VALUE_EMPTY;
        values += shape >= VALUE_NUMBER && shape <= VALUE_CODE;
        sample = slice_skip(sample, length + 1);
    }
    *out_quoted = quoted * 2 > lines;
    return lines >= 2 && values * 10 >= lines * 8 && values >= 2;
}

static struct slice without_last_line(struct slice sample)
{
    const char *mark = sample.length ? memrchr(sample.data, '\n', sample.length) : NULL;

    return mark ? slice_make(sample.data, (size_t)(mark - sample.data) + 1) : sample;
}

/* A copy with the padding that the tokeniser wants. */
static int copy_sample(struct slice sample, struct buf *copy, struct tq_error *err)
{
    buf_add_slice(copy, sample);
    for (unsigned i = 0; i < TEXT_PADDING; i++)
        buf_add_byte(copy, '\0');
    return buf_check(copy, err);
}

int dialect_find(struct slice sample, bool final, struct dialect *out_dialect,
                 enum dialect_certainty *out_certainty, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf copy = {0};
    struct choice best = {0};
    enum dialect_certainty certainty;
    bool quoted, announced;
    int r;

    if (!final)
        sample = without_last_line(sample);
    r = copy_sample(sample, &copy, err);
    if (r < 0)
        return r;
    sample = slice_make(copy.data, sample.length);

    if (is_value_list(sample, &quoted)) {
        *out_dialect = (struct dialect){.columns = 1, .quote = quoted ? '"' : 0};
        *out_certainty = DIALECT_LIKELY;
        return TQ_OK;
    }
    for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
        if (!is_frequent(sample, slice_of(candidates[i].delimiter)))
            continue;
        r = try_candidate(sample, &candidates[i], &best, err);
        if (r < 0)
            return r;
    }
    r = comment_header_dialect(sample, out_dialect, &announced, err);
    if (r < 0 || announced) {
        *out_certainty = DIALECT_LIKELY;
        return r;
    }
    certainty = judge(&best);
    if (certainty != DIALECT_LIKELY || is_space(&best.dialect)
        || best.dialect.columns <= SMALL_TABLE) {
        struct dialect fixed = {0};

        if (fixed_width_find(sample, &fixed)
            && (certainty != DIALECT_LIKELY || fixed.columns > best.dialect.columns + 1)) {
            *out_dialect = fixed;
            *out_certainty = DIALECT_LIKELY;
            return TQ_OK;
        }
    }
    double_delimiter(&best);
    *out_dialect = best.dialect;
    *out_certainty = certainty;
    return TQ_OK;
}
