/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/redaction.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "base/moment.h"
#include "normalise/date.h"
#include "normalise/text.h"

#define WORDS_MAX  16u
#define RUN_MIN    3u  /* of letters x, or of full stops: fewer are letters and full stops */
#define DATE_BYTES 40u /* three numbers of any size */

/* Stands between head and tail of what is shown: folded text has no such byte. */
#define HIDDEN '*'

/* A stretch of text, and what of it stands before the first and after the last mark. */
struct shown {
    struct slice head, tail; /* nothing hidden: both are the whole stretch */
    bool is_masked;
};

/* ---- marks ---- */

static size_t run_length(struct slice text)
{
    char c = text.data[0];
    size_t count = 0;

    if (c != 'x' && c != 'X' && c != '.')
        return 0;
    while (count < text.length && text.data[count] == c)
        count++;
    return count < RUN_MIN ? 0 : count;
}

/* Bytes of the mark at the start of a text that is not empty; 0: none stands there. */
static size_t mark_length(struct slice text)
{
    static const char *const signs[] = {"•", "●", "■", "█", "▪", "∗", "＊", "…"};

    if (text.data[0] == '*' || text.data[0] == '#')
        return 1;
    if ((unsigned char)text.data[0] < 0x80)
        return run_length(text);
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
        if (slice_starts(text, slice_of(signs[i])))
            return strlen(signs[i]);
    }
    return 0;
}

static struct shown find_shown(struct slice text)
{
    struct shown shown = {text, text, false};
    size_t at = 0;

    while (at < text.length) {
        size_t length = mark_length(slice_skip(text, at));

        if (length > 0 && !shown.is_masked) {
            shown.is_masked = true;
            shown.head.length = at;
        }
        at += length > 0 ? length : 1;
        if (length > 0)
            shown.tail = slice_skip(text, at);
    }
    return shown;
}

bool redaction_hides(struct slice cell)
{
    return find_shown(cell).is_masked;
}

/* What parts words. Marks may cover a hyphen: "J**********" for "Jean-Pierre". */
#define DIVIDERS        " \t.,/_"
#define DIVIDERS_HYPHEN " \t.,/_-"

/* Take the next word off the front of unfolded text; false at the end. Marks belong to words. */
static bool next_word(struct slice *text, const char *dividers, struct slice *out_word)
{
    size_t count = strlen(dividers), length = 0;

    while (text->length > 0 && mark_length(*text) == 0 && memchr(dividers, text->data[0], count))
        *text = slice_skip(*text, 1);
    while (length < text->length) {
        size_t mark = mark_length(slice_skip(*text, length));

        if (mark == 0 && memchr(dividers, text->data[length], count))
            break;
        length += mark > 0 ? mark : 1;
    }
    *out_word = slice_make(text->data, length);
    *text = slice_skip(*text, length);
    return length > 0;
}

/* ---- what is shown ---- */

static struct slice added(const struct buf *out, size_t start)
{
    return slice_skip(buf_slice(out), start);
}

static void cut_back(struct buf *out, size_t length)
{
    out->length = length;
    if (out->data)
        out->data[length] = '\0';
}

/* The first `width` letters and digits. False if the text has fewer; they are added as well. */
static bool add_head(struct slice text, uint32_t width, struct buf *out)
{
    size_t start = out->length, count;

    text_fold_joined(text, out);
    if (out->failed)
        return false;
    count = text_length(added(out, start));
    cut_back(out, start + text_cut(added(out, start), width).length);
    return count >= width;
}

/* The last ones likewise. */
static bool add_tail(struct slice text, uint32_t width, struct buf *out)
{
    size_t start = out->length, count, before;

    text_fold_joined(text, out);
    if (out->failed)
        return false;
    count = text_length(added(out, start));
    if (count <= width)
        return count == width;
    before = text_cut(added(out, start), count - width).length;
    memmove(out->data + start, out->data + start + before, out->length - start - before);
    cut_back(out, out->length - before);
    return true;
}

/* A stretch of a cell or value as the redaction shows it. */
static bool add_shown(const struct redaction *redaction, struct slice text, struct buf *out)
{
    struct shown shown = find_shown(text);
    size_t start = out->length, shown_bytes;
    bool whole = add_head(shown.head, redaction->head, out);

    shown_bytes = out->length - start;
    buf_add_byte(out, HIDDEN);
    whole &= add_tail(shown.tail, redaction->tail, out);
    shown_bytes += out->length - start - shown_bytes - 1;
    if (!out->failed && shown_bytes > 0 && (whole || !shown.is_masked))
        return true;
    if (!out->failed)
        cut_back(out, start);
    return false;
}

static bool add_cut(const struct redaction *redaction, struct slice text, struct buf *out)
{
    size_t start = out->length;
    struct slice kept;

    text_fold(text, out);
    if (out->failed)
        return false;
    kept = slice_trim(text_cut(added(out, start), redaction->head));
    cut_back(out, start + kept.length); /* folded text begins with no space: only the end moves */
    return kept.length > 0;
}

/* Put the words that were added in order. */
static void sort_words(struct buf *out, size_t start)
{
    CLEANUP(buf_clear_cleanup) struct buf copy = {0};
    struct slice words[WORDS_MAX], rest, word;
    size_t count = 0;

    buf_add_slice(&copy, added(out, start));
    rest = buf_slice(&copy);
    while (count < WORDS_MAX && text_next_word(&rest, &word)) {
        size_t at = count++;

        for (; at > 0 && slice_compare(words[at - 1], word) > 0; at--)
            words[at] = words[at - 1];
        words[at] = word;
    }
    cut_back(out, start);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_byte(out, ' ');
        buf_add_slice(out, words[i]);
    }
    if (copy.failed)
        out->failed = copy.failed;
}

static bool add_words(const struct redaction *redaction, struct slice text, struct buf *out)
{
    size_t start = out->length;
    struct slice word;
    uint32_t count = 0;
    bool whole = true;

    while (whole && next_word(&text, DIVIDERS, &word)) {
        if (count++ > 0)
            buf_add_byte(out, ' ');
        whole = count <= WORDS_MAX && add_shown(redaction, word, out);
    }
    if (!out->failed && whole && count > 1)
        sort_words(out, start);
    if (!out->failed && (!whole || count == 0))
        cut_back(out, start);
    return !out->failed && whole && count > 0;
}

bool redaction_cell(const struct redaction *redaction, struct slice cell, struct buf *out)
{
    if (redaction->unit == REDACTION_CUT)
        return add_cut(redaction, cell, out);
    if (redaction->unit == REDACTION_WORDS)
        return add_words(redaction, cell, out);
    return add_shown(redaction, cell, out);
}

/* The digits of a date of the register in this order. */
static struct slice date_digits(struct slice value, enum interpretation order,
                                char memory[DATE_BYTES])
{
    int64_t days;
    int year;
    unsigned month, day;

    if (!date_parse(value, DATE_YMD, &days))
        return slice_make(memory, 0);
    civil_from_days((int32_t)days, &year, &month, &day);
    if (order == AS_DMY)
        (void)snprintf(memory, DATE_BYTES, "%02u%02u%04d", day, month, year);
    else if (order == AS_MDY)
        (void)snprintf(memory, DATE_BYTES, "%02u%02u%04d", month, day, year);
    else
        (void)snprintf(memory, DATE_BYTES, "%04d%02u%02u", year, month, day);
    return slice_of(memory);
}

bool redaction_value(const struct redaction *redaction, enum value_type type, struct slice value,
                     struct buf *out)
{
    char memory[DATE_BYTES];

    if (type == TYPE_DATE)
        value = date_digits(value, redaction->order, memory);
    return value.length > 0 && redaction_cell(redaction, value, out);
}

bool redaction_serves(const struct redaction *redaction, enum value_type type)
{
    bool is_text = type_is_name(type) || type == TYPE_TEXT || type == TYPE_ADDRESS;

    switch (redaction->unit) {
    case REDACTION_CUT:
        return (is_text && type != TYPE_FULL_NAME) || type == TYPE_EMAIL;
    case REDACTION_WORDS:
        return is_text;
    case REDACTION_DATE:
        return type == TYPE_DATE;
    case REDACTION_WHOLE:
        return is_text || type == TYPE_EMAIL || type == TYPE_ID || type == TYPE_PHONE
               || type == TYPE_ACCOUNT || type == TYPE_CODE;
    }
    return false;
}

/* ---- single cells ---- */

static size_t folded_length(struct slice text, struct buf *scratch)
{
    buf_empty(scratch);
    text_fold_joined(text, scratch);
    return text_length(buf_slice(scratch));
}

static void measure_stretch(struct shown shown, struct buf *scratch, uint32_t *head, uint32_t *tail)
{
    size_t before = folded_length(shown.head, scratch), after = folded_length(shown.tail, scratch);

    if (before < *head)
        *head = (uint32_t)before;
    if (after < *tail)
        *tail = (uint32_t)after;
}

bool redaction_measure(enum redaction_unit unit, struct slice cell, uint32_t *out_head,
                       uint32_t *out_tail)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    uint32_t head = REDACTION_WIDTH_MAX, tail = REDACTION_WIDTH_MAX;
    struct slice word;
    bool hides = redaction_hides(cell);

    if (!hides)
        return false;
    if (unit != REDACTION_WORDS)
        measure_stretch(find_shown(cell), &scratch, &head, &tail);
    while (unit == REDACTION_WORDS && next_word(&cell, DIVIDERS, &word)) {
        if (redaction_hides(word))
            measure_stretch(find_shown(word), &scratch, &head, &tail);
    }
    *out_head = head;
    *out_tail = tail;
    return true;
}

bool redaction_is_initials(struct slice cell)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    struct slice word;
    bool any = false;

    while (next_word(&cell, DIVIDERS_HYPHEN, &word)) {
        if (folded_length(word, &scratch) != 1
            || (scratch.data[0] >= '0' && scratch.data[0] <= '9'))
            return false;
        any = true;
    }
    return any;
}

/* All that a stretch shows is in the whole, and it shows something or hides nothing. */
static bool stretch_agrees(struct slice cell, struct slice value, size_t *shown_bytes)
{
    CLEANUP(buf_clear_cleanup) struct buf head = {0};
    CLEANUP(buf_clear_cleanup) struct buf tail = {0};
    CLEANUP(buf_clear_cleanup) struct buf whole = {0};
    struct shown shown = find_shown(cell);

    text_fold_joined(shown.head, &head);
    text_fold_joined(value, &whole);
    if (head.failed || whole.failed || !slice_starts(buf_slice(&whole), buf_slice(&head)))
        return false;
    *shown_bytes += head.length;
    if (!shown.is_masked)
        return head.length == whole.length;
    text_fold_joined(shown.tail, &tail);
    *shown_bytes += tail.length;
    return !tail.failed && head.length + tail.length <= whole.length
           && slice_equal(slice_skip(buf_slice(&whole), whole.length - tail.length),
                          buf_slice(&tail));
}

static bool words_agree(struct slice cell, struct slice value, const char *dividers)
{
    struct slice word, whole;
    size_t bytes = 0;

    while (next_word(&cell, dividers, &word)) {
        if (!next_word(&value, dividers, &whole) || !stretch_agrees(word, whole, &bytes))
            return false;
    }
    return !next_word(&value, dividers, &whole) && bytes > 0;
}

static bool date_agrees(struct slice cell, struct slice value)
{
    static const enum interpretation orders[] = {AS_DMY, AS_MDY, AS_YMD};
    char memory[DATE_BYTES];

    for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
        struct slice digits = date_digits(value, orders[i], memory);
        size_t bytes = 0;

        if (digits.length > 0 && stretch_agrees(cell, digits, &bytes) && bytes > 0)
            return true;
    }
    return false;
}

bool redaction_agrees(enum value_type type, struct slice cell, struct slice value)
{
    size_t bytes = 0;

    if (!redaction_hides(cell) || value.length == 0)
        return false;
    if (type == TYPE_DATE)
        return date_agrees(cell, value);
    if (stretch_agrees(cell, value, &bytes) && bytes > 0)
        return true;
    return (type_is_name(type) || type == TYPE_TEXT || type == TYPE_ADDRESS)
           && (words_agree(cell, value, DIVIDERS) || words_agree(cell, value, DIVIDERS_HYPHEN));
}
