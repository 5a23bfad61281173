/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whether a cell is the beginning of a register value in one of its written forms. */
#include <stdint.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/moment.h"
#include "normalise/country.h"
#include "normalise/date.h"
#include "normalise/number.h"
#include "normalise/plain.h"
#include "normalise/short_word.h"
#include "normalise/similarity.h"
#include "normalise/text.h"

#define CHARACTERS_MIN 2
#define FORM_BYTES     80

static bool is_beginning(struct slice cell, struct slice form)
{
    return cell.length >= CHARACTERS_MIN && cell.length < form.length && slice_starts(form, cell);
}

static bool text_truncated(struct slice cell, struct slice value)
{
    CLEANUP(buf_clear_cleanup) struct buf a = {0};
    CLEANUP(buf_clear_cleanup) struct buf b = {0};

    text_fold(cell, &a);
    text_fold(value, &b);
    if (text_length(buf_slice(&a)) < CHARACTERS_MIN)
        return false;
    if (is_beginning(buf_slice(&a), buf_slice(&b)))
        return true;
    buf_empty(&a);
    buf_empty(&b);
    text_fold_joined(cell, &a);
    text_fold_joined(value, &b);
    return is_beginning(buf_slice(&a), buf_slice(&b));
}

/* An address whose words are abbreviated, and which is cut off: "Avda. de Casti". */
static bool address_truncated(struct slice cell, struct slice value)
{
    CLEANUP(buf_clear_cleanup) struct buf a = {0};
    CLEANUP(buf_clear_cleanup) struct buf b = {0};

    if (text_truncated(cell, value))
        return true;
    text_fold(cell, &a);
    text_fold(value, &b);
    if (a.failed || b.failed || a.length == 0 || b.length == 0)
        return false;
    short_words(&a, 0);
    short_words(&b, 0);
    return is_beginning(buf_slice(&a), buf_slice(&b));
}

static struct slice skip_zeros(struct slice text)
{
    while (text.length > 0 && text.data[0] == '0')
        text = slice_skip(text, 1);
    return text;
}

/* Letters and digits, with and without leading zeros; of an account also without its country. */
static bool id_truncated(struct slice cell, struct slice value)
{
    CLEANUP(buf_clear_cleanup) struct buf a = {0};
    CLEANUP(buf_clear_cleanup) struct buf b = {0};
    struct slice id, whole;

    text_fold_joined(cell, &a);
    text_fold_joined(value, &b);
    id = buf_slice(&a);
    whole = buf_slice(&b);
    if (is_beginning(id, whole) || is_beginning(skip_zeros(id), skip_zeros(whole)))
        return true;
    return whole.length > 15 && whole.data[0] >= 'a' && whole.data[1] >= 'a'
           && is_beginning(skip_zeros(id), skip_zeros(slice_skip(whole, 4)));
}

static struct slice digits_of(struct slice text, char *memory, bool *out_has_plus)
{
    struct plain plain;
    size_t length = 0;

    *out_has_plus = false;
    if (!plain_make(text, &plain) || plain.has_letters)
        return slice_make(memory, 0);
    *out_has_plus = plain.text[0] == '+';
    for (size_t i = 0; i < plain.length; i++) {
        if (plain_is_digit(plain.text[i]))
            memory[length++] = plain.text[i];
    }
    return slice_make(memory, length);
}

/* Without +, 00 or trunk zero, and, if the number shows one, without its calling code. */
static struct slice national_part(struct slice digits, bool has_plus)
{
    bool is_international = has_plus || slice_starts(digits, SLICE_LITERAL("00"));
    struct slice synthetic = SLICE_LITERAL("999");
    struct slice rest = skip_zeros(digits);

    if (!is_international)
        return rest;
    if (slice_starts(rest, synthetic))
        return skip_zeros(slice_skip(rest, synthetic.length));
    return skip_zeros(slice_skip(rest, strlen(country_of_number(rest)->calling_code)));
}

static bool phone_truncated(struct slice cell, struct slice value)
{
    char memory_a[PLAIN_BYTES_MAX], memory_b[PLAIN_BYTES_MAX];
    bool plus_a, plus_b;
    struct slice a = digits_of(cell, memory_a, &plus_a);
    struct slice b = digits_of(value, memory_b, &plus_b);

    return is_beginning(a, b) || is_beginning(skip_zeros(a), skip_zeros(b))
           || is_beginning(national_part(a, plus_a), national_part(b, plus_b))
           || is_beginning(skip_zeros(a), national_part(b, plus_b));
}

/* Separators as one sort of mark; false if there are letters or no separator may stand there. */
static bool with_plain_marks(struct slice cell, struct plain *out)
{
    if (!plain_make(cell, out) || out->has_letters)
        return false;
    for (size_t i = 0; i < out->length; i++) {
        if (!plain_is_digit(out->text[i]))
            out->text[i] = '-';
    }
    return true;
}

static bool begins_any(const struct plain *cell, char forms[][FORM_BYTES], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_beginning(slice_make(cell->text, cell->length), slice_of(forms[i])))
            return true;
    }
    return false;
}

/* "03/1984", "mars 1984": the month of the date, in words or with its parts in other places. */
static bool is_month_of(struct slice cell, int year, unsigned month)
{
    int64_t shown;

    return (date_parse_month_alone(cell, true, year, &shown) && shown == month_number(year, month))
           || (date_parse_month_alone(cell, false, year, &shown)
               && shown == month_number(year, month));
}

bool similarity_is_coarser_date(struct slice cell, struct slice value)
{
    int64_t days, shown;
    int year;
    unsigned month, day;

    if (!date_parse(value, DATE_YMD, &days))
        return false;
    civil_from_days((int32_t)days, &year, &month, &day);
    return is_month_of(cell, year, month) || (date_parse_year(cell, &shown) && shown == year);
}

static bool date_truncated(struct slice cell, struct slice value)
{
    char forms[9][FORM_BYTES];
    struct plain plain;
    int64_t days;
    int year;
    unsigned month, day, y;

    if (similarity_is_coarser_date(cell, value))
        return true;
    if (!with_plain_marks(cell, &plain) || !date_parse(value, DATE_YMD, &days))
        return false;
    civil_from_days((int32_t)days, &year, &month, &day);
    y = (unsigned)year;
    (void)snprintf(forms[0], FORM_BYTES, "%04u-%02u-%02u", y, month, day);
    (void)snprintf(forms[1], FORM_BYTES, "%04u%02u%02u", y, month, day);
    (void)snprintf(forms[2], FORM_BYTES, "%02u-%02u-%04u", day, month, y);
    (void)snprintf(forms[3], FORM_BYTES, "%02u%02u%04u", day, month, y);
    (void)snprintf(forms[4], FORM_BYTES, "%02u-%02u-%04u", month, day, y);
    (void)snprintf(forms[5], FORM_BYTES, "%02u%02u%04u", month, day, y);
    (void)snprintf(forms[6], FORM_BYTES, "%u-%u-%04u", day, month, y);
    (void)snprintf(forms[7], FORM_BYTES, "%u-%u-%04u", month, day, y);
    (void)snprintf(forms[8], FORM_BYTES, "%04u-%u-%u", y, month, day);
    return begins_any(&plain, forms, 9);
}

static bool month_truncated(struct slice cell, struct slice value)
{
    char forms[4][FORM_BYTES];
    struct plain plain;
    int64_t month;
    unsigned y, m;

    if (!with_plain_marks(cell, &plain) || !date_parse_month(value, true, &month))
        return false;
    y = (unsigned)(month / 12);
    m = (unsigned)(month % 12) + 1;
    (void)snprintf(forms[0], FORM_BYTES, "%04u-%02u", y, m);
    (void)snprintf(forms[1], FORM_BYTES, "%04u%02u", y, m);
    (void)snprintf(forms[2], FORM_BYTES, "%02u-%04u", m, y);
    (void)snprintf(forms[3], FORM_BYTES, "%02u%04u", m, y);
    return begins_any(&plain, forms, 4);
}

/* Digits of the whole and decimals of a cell; group marks dropped. The last mark is taken for the
 * decimal one unless three digits follow it. */
static bool amount_cut(struct slice cell, char *whole, char *decimals)
{
    struct plain plain;
    size_t length = 0, mark, last = 0;

    if (!plain_make(cell, &plain) || plain.has_letters)
        return false;
    mark = plain.length;
    for (size_t i = 0; i < plain.length; i++) {
        char c = plain.text[i];

        if (c == '.' || c == ',' || c == PLAIN_DECIMAL)
            mark = i;
        else if (!plain_is_digit(c) && c != ' ' && c != '\'' && !(c == '-' && i == 0))
            return false;
    }
    if (plain.length - mark == 4)
        mark = plain.length; /* a group mark */
    for (size_t i = 0; i < plain.length; i++) {
        if (!plain_is_digit(plain.text[i]))
            continue;
        if (i < mark)
            whole[length++] = plain.text[i];
        else
            decimals[last++] = plain.text[i];
    }
    whole[length] = '\0';
    decimals[last] = '\0';
    return length > 0;
}

static bool amount_truncated(struct slice cell, struct slice value)
{
    char whole[PLAIN_BYTES_MAX + 1], decimals[PLAIN_BYTES_MAX + 1];
    char figure[FORM_BYTES];
    struct slice form, digits;
    int64_t hundredths;

    if (!amount_cut(cell, whole, decimals) || !number_parse(value, '.', &hundredths))
        return false;
    (void)snprintf(figure, sizeof(figure), "%lld",
                   (long long)(hundredths < 0 ? -hundredths : hundredths));
    form = slice_of(figure); /* with its hundredths as the last two digits */
    if (form.length < 3)
        return false;
    digits = slice_of(whole);
    if (decimals[0] == '\0')
        return is_beginning(digits, form) && digits.length <= form.length - 2;
    return digits.length == form.length - 2 && slice_starts(form, digits) && strlen(decimals) == 1
           && decimals[0] == figure[form.length - 2];
}

bool similarity_is_truncated(enum value_type type, struct slice cell, struct slice value)
{
    if (value.length == 0 || cell.length == 0)
        return false;
    switch (type) {
    case TYPE_CODE:
        return false;
    case TYPE_ID:
    case TYPE_ACCOUNT:
    case TYPE_REF:
        return id_truncated(slice_trim(cell), slice_trim(value));
    case TYPE_PHONE:
        return phone_truncated(cell, value);
    case TYPE_DATE:
        return date_truncated(cell, value);
    case TYPE_MONTH:
        return month_truncated(cell, value);
    case TYPE_AMOUNT:
    case TYPE_NUMBER:
        return amount_truncated(cell, value);
    case TYPE_ADDRESS:
        return address_truncated(cell, value);
    default:
        return text_truncated(cell, value);
    }
}
