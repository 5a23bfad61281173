/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/damage.h"

#include <stdio.h>

#include "base/moment.h"
#include "normalise/name_likeness.h"
#include "normalise/redaction.h"
#include "normalise/similarity.h"
#include "normalise/text.h"
#include "verdict/spelling.h"

#define DIGITS_MAX     24u
#define CHARACTERS_MIN 2u
#define GROUP_DIGITS   3u /* between the thousands marks of an amount */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The digits of a cell that holds digits and marks only; 0: it holds something else, or is too
 * long. */
static size_t only_digits(struct slice cell, char digits[DIGITS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < cell.length; i++) {
        char c = cell.data[i];

        if (is_digit(c) && count < DIGITS_MAX)
            digits[count++] = c;
        else if (is_digit(c) || (c != ' ' && c != '.' && c != ',' && c != '\'' && c != '-'))
            return 0;
    }
    return count;
}

static bool begins(struct slice digits, const char *form)
{
    struct slice whole = slice_of(form);

    return digits.length >= CHARACTERS_MIN && digits.length < whole.length
           && slice_starts(whole, digits);
}

/* Dates without marks and century, as their column orders them; a leading zero may be lost. */
static bool is_short_date_cut(const struct column_reading *reading, struct slice cell, int64_t days)
{
    char form[3 * 12];
    int year;
    unsigned month, day, y;

    for (size_t i = 0; i < cell.length; i++) {
        if (!is_digit(cell.data[i]))
            return false;
    }
    civil_from_days((int32_t)days, &year, &month, &day);
    y = (unsigned)(year < 0 ? -year : year) % 100;
    if (reading->interpretation == AS_YMD)
        (void)snprintf(form, sizeof(form), "%02u%02u%02u", y, month, day);
    else if (reading->interpretation == AS_DMY)
        (void)snprintf(form, sizeof(form), "%02u%02u%02u", day, month, y);
    else
        (void)snprintf(form, sizeof(form), "%02u%02u%02u", month, day, y);
    return begins(cell, form) || (form[0] == '0' && begins(cell, form + 1));
}

/* An amount cut within a group of thousands: "15,9" of "15,943.22". */
static bool is_group_cut(const struct column_reading *reading, struct slice cell,
                         int64_t hundredths)
{
    char mark = reading->interpretation == AS_DOT ? ',' : '.';
    char decimal = reading->interpretation == AS_DOT ? '.' : ',';
    char digits[DIGITS_MAX], form[DIGITS_MAX];
    size_t after = cell.length;

    for (size_t i = 0; i < cell.length; i++) {
        if (cell.data[i] == mark)
            after = i + 1;
        if (cell.data[i] == decimal)
            return false;
    }
    if (cell.length - after == 0 || cell.length - after >= GROUP_DIGITS || hundredths < 0)
        return false;
    (void)snprintf(form, sizeof(form), "%lld", (long long)(hundredths / 100));
    return begins(slice_make(digits, only_digits(cell, digits)), form);
}

/* The words of a full name in any rotation: the evidence may begin with the given name. */
static bool is_name_cut(struct slice cell, struct slice value, struct buf *a, struct buf *b)
{
    struct slice folded, word;
    size_t length, at = 0;

    buf_empty(a);
    buf_empty(b);
    text_fold(cell, a);
    text_fold(value, b);
    length = b->length;
    if (a->length < CHARACTERS_MIN || a->length >= length)
        return false;
    buf_add_byte(b, ' ');
    if (!buf_extend(b, length)) /* the words twice: every rotation is a stretch of it */
        return false;
    memcpy(b->data + length + 1, b->data, length);
    folded = slice_make(b->data, length);
    while (text_next_word(&folded, &word)) {
        at = (size_t)(word.data - b->data);
        if (memcmp(b->data + at, a->data, a->length) == 0)
            return true;
    }
    return false;
}

static bool is_cut(const struct column_reading *reading, const struct field *field,
                   struct slice cell, uint32_t value, struct buf *a, struct buf *b)
{
    struct slice text = field_value_text(field, value);
    int64_t number;

    if (similarity_is_truncated(field->type, cell, text))
        return true;
    if (field->type == TYPE_FULL_NAME)
        return is_name_cut(cell, text, a, b);
    if (field->type != TYPE_DATE && field->type != TYPE_AMOUNT)
        return false;
    number = canonical_number(field_key_text(field, field_value_key(field, value)));
    return field->type == TYPE_DATE ? is_short_date_cut(reading, cell, number)
                                    : is_group_cut(reading, cell, number);
}

bool damage_is_whole_cut(const struct column_reading *reading, struct slice cell,
                         struct slice value, struct buf *a, struct buf *b)
{
    if (reading->interpretation != AS_CUT)
        return false;
    cell = slice_trim(cell);
    value = slice_trim(text_cut(slice_trim(value), text_length(cell)));
    if (text_length(cell) + 1 < reading->redaction.head) /* a space at the cut may be lost */
        return false;
    buf_empty(a);
    buf_empty(b);
    text_fold(cell, a);
    text_fold(value, b);
    return a->length > 0 && slice_equal(buf_slice(a), buf_slice(b));
}

static enum ground shortened_name(struct slice cell, struct slice value)
{
    switch (name_likeness(cell, value)) {
    case NAME_CUT:
        return GROUND_PREFIX;
    case NAME_HAS_INITIALS:
        return GROUND_INITIALS;
    case NAME_LACKS_WORDS:
        return GROUND_MISSING_NAME;
    default:
        return GROUND_NONE;
    }
}

enum ground damage_find(const struct column_reading *reading, const struct field *field,
                        struct slice cell, uint32_t value, struct buf *a, struct buf *b)
{
    struct slice text = field_value_text(field, value);
    bool is_text = type_is_name(field->type) || field->type == TYPE_DATE
                   || field->type == TYPE_MONTH || field->type == TYPE_TEXT;

    cell = slice_trim(cell);
    if (reading->interpretation == AS_AGE)
        return GROUND_NONE; /* is no beginning of a date */
    if (spelling_is_undecodable(cell, text, a, b))
        return GROUND_UNDECODABLE;
    if (!is_text && spelling_is_spreadsheet_damage(cell, text))
        return GROUND_SPREADSHEET;
    if (redaction_agrees(field->type, cell, text))
        return GROUND_MASKED;
    if (field->type == TYPE_DATE && similarity_is_coarser_date(cell, text))
        return GROUND_COARSER;
    if (is_cut(reading, field, cell, value, a, b))
        return GROUND_PREFIX;
    return type_is_name(field->type) ? shortened_name(cell, text) : GROUND_NONE;
}
