/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/piece.h"

#include <stdbool.h>

#define NUMBER_DIGITS_MIN 4u

static bool parts(char c)
{
    return c == ',' || c == ';' || c == '|' || c == '\n';
}

static struct slice tidy_end(struct slice text)
{
    text = slice_trim(text);
    while (text.length > 0 && parts(text.data[text.length - 1]))
        text = slice_trim(slice_make(text.data, text.length - 1));
    return text;
}

static struct slice tidy(struct slice text)
{
    text = tidy_end(text);
    while (text.length > 0 && parts(text.data[0]))
        text = slice_trim(slice_skip(text, 1));
    return text;
}

/* What stands before the first mark is a part also where it is empty: ", 10115 Berlin" has no
 * street. */
static struct slice part_of(unsigned part, struct slice cell)
{
    size_t start = 0, end, last = 0, number = 1;

    cell = tidy_end(cell);
    if (part == PIECE_LAST_PART) {
        for (size_t i = 0; i < cell.length; i++)
            last = parts(cell.data[i]) ? i + 1 : last;
        return last > 0 ? tidy(slice_skip(cell, last)) : (struct slice){0};
    }
    for (; number < part && start < cell.length; start++)
        number += parts(cell.data[start]);
    if (number < part)
        return (struct slice){0};
    end = start;
    while (end < cell.length && !parts(cell.data[end]))
        end++;
    return tidy(slice_make(cell.data + start, end - start));
}

static size_t word_end(struct slice text, size_t from)
{
    while (from < text.length && text.data[from] != ' ')
        from++;
    return from;
}

static bool is_number(struct slice word)
{
    size_t digits = 0;

    for (size_t i = 0; i < word.length; i++)
        digits += word.data[i] >= '0' && word.data[i] <= '9';
    return digits >= NUMBER_DIGITS_MIN;
}

/* Where the last number stands; false: there is none. */
static bool find_number(struct slice text, size_t *out_start, size_t *out_end)
{
    bool found = false;

    for (size_t at = 0, end; at < text.length; at = end + 1) {
        end = word_end(text, at);
        if (!is_number(slice_make(text.data + at, end - at)))
            continue;
        *out_start = at;
        *out_end = end;
        found = true;
    }
    return found;
}

static bool has_digit(struct slice word)
{
    for (size_t i = 0; i < word.length; i++) {
        if (word.data[i] >= '0' && word.data[i] <= '9')
            return true;
    }
    return false;
}

/* Behind the words before the first that has a digit; empty: none has, or the first. */
static struct slice from_digit(struct slice text)
{
    for (size_t at = 0, end; at < text.length; at = end + 1) {
        end = word_end(text, at);
        if (has_digit(slice_make(text.data + at, end - at)))
            return at > 0 ? slice_skip(text, at) : (struct slice){0};
    }
    return (struct slice){0};
}

static struct slice words_of(enum piece_words words, struct slice text)
{
    size_t first_end = word_end(text, 0), last_start = text.length, start, end;

    while (last_start > 0 && text.data[last_start - 1] != ' ')
        last_start--;
    switch (words) {
    case PIECE_FIRST_WORD:
        return slice_make(text.data, first_end);
    case PIECE_BUT_FIRST:
        return slice_skip(text, first_end);
    case PIECE_LAST_WORD:
        return slice_skip(text, last_start);
    case PIECE_BUT_LAST:
        return slice_make(text.data, last_start);
    case PIECE_BEFORE_NUMBER:
    case PIECE_NUMBER:
    case PIECE_AFTER_NUMBER:
        if (!find_number(text, &start, &end))
            return (struct slice){0};
        if (words == PIECE_BEFORE_NUMBER)
            return slice_make(text.data, start);
        return words == PIECE_NUMBER ? slice_make(text.data + start, end - start)
                                     : slice_skip(text, end);
    case PIECE_FROM_DIGIT:
        return from_digit(text);
    case PIECE_ALL:
    case PIECE_WORDS_COUNT:
        break;
    }
    return text;
}

struct slice piece_of(struct cell_piece piece, struct slice cell)
{
    if (piece_is_whole(piece))
        return cell;
    cell = piece.part == PIECE_WHOLE ? tidy(cell) : part_of(piece.part, cell);
    return cell.length > 0 ? tidy(words_of((enum piece_words)piece.words, cell)) : cell;
}
