/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/similarity.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/moment.h"
#include "normalise/normalise.h"
#include "normalise/plain.h"

#define COMPARED_BYTES_MAX  256 /* longer values are compared by their front */
#define CHARACTER_BYTES_MAX 4   /* of UTF-8 */
#define NAME_NEAR           .90 /* algorithms.md 3.2 */
#define DATE_DIGITS_MAX     12
#define TWO_EDITS_BYTES_MIN 12 /* of shorter texts many are two edits apart */
#define PREFIX_BYTES_MIN    2
#define KEY_BYTES_MIN       2
#define INITIAL_BYTES       1 /* of a name: its first letter stands for it */
#define WINKLER_THRESHOLD   .7
#define WINKLER_SCALE       .1
#define WINKLER_PREFIX      4u

static struct slice bounded(struct slice text)
{
    if (text.length > COMPARED_BYTES_MAX)
        text.length = COMPARED_BYTES_MAX;
    return text;
}

static bool is_within_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* Of what differs: whether it is one character at most, and the bytes of the first. */
static bool is_one_character(struct slice text)
{
    for (size_t i = 1; i < text.length; i++) {
        if (!is_within_character(text.data[i]))
            return false;
    }
    return true;
}

static struct slice first_character(struct slice text)
{
    size_t length = text.length > 0;

    while (length < text.length && is_within_character(text.data[length]))
        length++;
    return slice_make(text.data, length);
}

/* Two characters that stand the other way round. */
static bool is_swap(struct slice a, struct slice b)
{
    struct slice first = first_character(a), second = slice_skip(a, first.length);

    return a.length == b.length && second.length > 0 && is_one_character(second)
           && slice_starts(b, second) && slice_equal(slice_skip(b, second.length), first);
}

bool similarity_one_edit(struct slice a, struct slice b)
{
    size_t front = 0, back = 0, shorter;

    a = bounded(a);
    b = bounded(b);
    if (a.length > b.length + CHARACTER_BYTES_MAX || b.length > a.length + CHARACTER_BYTES_MAX)
        return false;
    shorter = a.length < b.length ? a.length : b.length;
    while (front < shorter && a.data[front] == b.data[front])
        front++;
    while (front > 0
           && ((front < a.length && is_within_character(a.data[front]))
               || (front < b.length && is_within_character(b.data[front]))))
        front--;
    while (back < shorter - front && a.data[a.length - 1 - back] == b.data[b.length - 1 - back])
        back++;
    while (back > 0 && is_within_character(a.data[a.length - back]))
        back--;
    a = slice_make(a.data + front, a.length - front - back);
    b = slice_make(b.data + front, b.length - front - back);
    return (is_one_character(a) && is_one_character(b)) || is_swap(a, b);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Of the first i bytes of `a` and the first j of `b`, from what is known of one less of each; of
 * `rows` the last is to be filled, the others are those before it. */
static size_t edits_at(struct slice a, struct slice b, size_t i, size_t j,
                       size_t rows[3][COMPARED_BYTES_MAX + 1])
{
    size_t edits = smaller(rows[1][j], rows[2][j - 1]) + 1;

    edits = smaller(edits, rows[1][j - 1] + (a.data[i - 1] != b.data[j - 1]));
    if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1])
        edits = smaller(edits, rows[0][j - 2] + 1);
    return edits;
}

/* Damerau-Levenshtein distance, no part edited twice; of texts as different as COMPARED_BYTES_MAX
 * bytes at most. */
static size_t count_edits(struct slice a, struct slice b)
{
    size_t rows[3][COMPARED_BYTES_MAX + 1];

    for (size_t j = 0; j <= b.length; j++)
        rows[2][j] = j;
    for (size_t i = 1; i <= a.length; i++) {
        memcpy(rows[0], rows[1], sizeof(rows[0]));
        memcpy(rows[1], rows[2], sizeof(rows[1]));
        rows[2][0] = i;
        for (size_t j = 1; j <= b.length; j++)
            rows[2][j] = edits_at(a, b, i, j, rows);
    }
    return rows[2][b.length];
}

/* What stands at the same place at both ends is no part of an edit. */
static void drop_common_ends(struct slice *a, struct slice *b)
{
    while (a->length > 0 && b->length > 0 && a->data[0] == b->data[0]) {
        *a = slice_skip(*a, 1);
        *b = slice_skip(*b, 1);
    }
    while (a->length > 0 && b->length > 0 && a->data[a->length - 1] == b->data[b->length - 1]) {
        a->length--;
        b->length--;
    }
}

bool similarity_two_edits(enum form form, struct slice a, struct slice b)
{
    if (form != FORM_TEXT || a.length < TWO_EDITS_BYTES_MIN || b.length < TWO_EDITS_BYTES_MIN)
        return false;
    a = bounded(a);
    b = bounded(b);
    if (a.length > b.length + 2 || b.length > a.length + 2)
        return false;
    drop_common_ends(&a, &b);
    return count_edits(a, b) <= 2;
}

/* Mark the bytes of `a` and `b` that match within the window; how many. */
static size_t match_bytes(struct slice a, struct slice b, bool *in_a, bool *in_b)
{
    size_t longer = a.length > b.length ? a.length : b.length;
    size_t window = longer / 2 > 0 ? longer / 2 - 1 : 0;
    size_t matches = 0;

    for (size_t i = 0; i < a.length; i++) {
        size_t from = i > window ? i - window : 0;
        size_t to = i + window + 1 < b.length ? i + window + 1 : b.length;

        for (size_t k = from; k < to; k++) {
            if (in_b[k] || a.data[i] != b.data[k])
                continue;
            in_a[i] = in_b[k] = true;
            matches++;
            break;
        }
    }
    return matches;
}

static size_t out_of_order(struct slice a, struct slice b, const bool *in_a, const bool *in_b)
{
    size_t count = 0, k = 0;

    for (size_t i = 0; i < a.length; i++) {
        if (!in_a[i])
            continue;
        while (!in_b[k])
            k++;
        count += a.data[i] != b.data[k++];
    }
    return count;
}

double similarity_jaro_winkler(struct slice a, struct slice b)
{
    bool in_a[COMPARED_BYTES_MAX] = {false}, in_b[COMPARED_BYTES_MAX] = {false};
    size_t matches, prefix = 0;
    double m, jaro;

    a = bounded(a);
    b = bounded(b);
    if (a.length == 0 || b.length == 0)
        return a.length == b.length ? 1 : 0;
    matches = match_bytes(a, b, in_a, in_b);
    if (matches == 0)
        return 0;

    m = (double)matches;
    jaro = (m / (double)a.length + m / (double)b.length
            + (m - (double)out_of_order(a, b, in_a, in_b) / 2) / m)
           / 3;
    if (jaro <= WINKLER_THRESHOLD)
        return jaro;
    while (prefix < WINKLER_PREFIX && prefix < a.length && prefix < b.length
           && a.data[prefix] == b.data[prefix])
        prefix++;
    return jaro + (double)prefix * WINKLER_SCALE * (1 - jaro);
}

static bool is_prefix(struct slice a, struct slice b, size_t length_min)
{
    struct slice shorter = a.length < b.length ? a : b;
    struct slice longer = a.length < b.length ? b : a;

    return shorter.length >= length_min && shorter.length < longer.length
           && slice_starts(longer, shorter);
}

/* One unit apart, or one digit mistyped, left out, doubled or swapped with the next: the years of
 * birth 1938 and 1983. */
static bool near_numbers(int64_t a, int64_t b)
{
    char digits_a[24], digits_b[24];
    int length_a, length_b;

    if ((uint64_t)a - (uint64_t)b + 100 <= 200) /* unsigned: no two are too far apart for it */
        return true;
    length_a = snprintf(digits_a, sizeof(digits_a), "%lld", (long long)a);
    length_b = snprintf(digits_b, sizeof(digits_b), "%lld", (long long)b);
    return similarity_one_edit(slice_make(digits_a, (size_t)length_a),
                               slice_make(digits_b, (size_t)length_b));
}

void similarity_date_digits(int64_t days, char out[8])
{
    unsigned month, day, year;
    int signed_year;

    civil_from_days((int32_t)days, &signed_year, &month, &day);
    year = (unsigned)signed_year % 10000u;
    for (int i = 3; i >= 0; i--, year /= 10)
        out[i] = (char)('0' + year % 10);
    out[4] = (char)('0' + month / 10);
    out[5] = (char)('0' + month % 10);
    out[6] = (char)('0' + day / 10);
    out[7] = (char)('0' + day % 10);
}

/* One digit wrong, two digits swapped, or day and month. */
static bool near_dates(int64_t a, int64_t b)
{
    char digits_a[8], digits_b[8];

    similarity_date_digits(a, digits_a);
    similarity_date_digits(b, digits_b);
    return similarity_one_edit(slice_make(digits_a, 8), slice_make(digits_b, 8))
           || (memcmp(digits_a, digits_b, 4) == 0 && memcmp(digits_a + 4, digits_b + 6, 2) == 0
               && memcmp(digits_a + 6, digits_b + 4, 2) == 0);
}

/* Digits of the cell, parts of one digit with a zero before them; 0: they are too many. */
static size_t padded_digits(struct slice cell, char out[DATE_DIGITS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < cell.length; i++) {
        bool alone = (i == 0 || !plain_is_digit(cell.data[i - 1]))
                     && (i + 1 == cell.length || !plain_is_digit(cell.data[i + 1]));

        if (!plain_is_digit(cell.data[i]))
            continue;
        if (count + 2 > DATE_DIGITS_MAX)
            return 0;
        if (alone)
            out[count++] = '0';
        out[count++] = cell.data[i];
    }
    return count;
}

bool similarity_cell_digits(enum interpretation as, struct slice cell, char out[8])
{
    char digits[DATE_DIGITS_MAX];

    if ((as != AS_DMY && as != AS_MDY && as != AS_YMD) || padded_digits(cell, digits) != 8)
        return false;
    memcpy(out, digits, 8);
    if (as != AS_YMD) {
        memcpy(out, digits + 4, 4);
        memcpy(out + 4, as == AS_DMY ? digits + 2 : digits, 2);
        memcpy(out + 6, as == AS_DMY ? digits : digits + 2, 2);
    }
    return true;
}

bool similarity_is_mistyped_date(enum interpretation as, struct slice cell, int64_t days)
{
    char ymd[8], date[8], digits[DATE_DIGITS_MAX];
    size_t count = padded_digits(cell, digits);

    if (as != AS_DMY && as != AS_MDY && as != AS_YMD)
        return false;
    similarity_date_digits(days, ymd);
    memcpy(date, ymd, sizeof(date));
    if (as != AS_YMD) {
        memcpy(date, as == AS_DMY ? ymd + 6 : ymd + 4, 2);
        memcpy(date + 2, as == AS_DMY ? ymd + 4 : ymd + 6, 2);
        memcpy(date + 4, ymd, 4);
    }
    return similarity_one_edit(slice_make(digits, count), slice_make(date, sizeof(date)));
}

/* Take the first of keys that are joined by spaces. */
static struct slice take_key(struct slice *keys)
{
    size_t length = 0;
    struct slice key;

    while (length < keys->length && keys->data[length] != ' ')
        length++;
    key = slice_make(keys->data, length);
    *keys = slice_skip(*keys, length < keys->length ? length + 1 : length);
    return key;
}

static bool has_key(struct slice keys, struct slice wanted)
{
    while (keys.length > 0) {
        if (slice_equal(take_key(&keys), wanted))
            return true;
    }
    return false;
}

static bool has_initial(struct slice keys, char initial)
{
    while (keys.length > 0) {
        struct slice key = take_key(&keys);

        if (key.length > 0 && key.data[0] == initial)
            return true;
    }
    return false;
}

/* Each word is one of the other name or the initial of one, and both occur: A. Breitner, Anna
 * Maria Breitner. */
static bool is_with_initials(struct slice name, struct slice whole)
{
    unsigned words = 0, initials = 0;

    while (name.length > 0) {
        struct slice key = take_key(&name);

        if (key.length >= KEY_BYTES_MIN && has_key(whole, key))
            words++;
        else if (key.length == INITIAL_BYTES && has_initial(whole, key.data[0]))
            initials++;
        else
            return false;
    }
    return words > 0 && initials > 0;
}

/* Those of `keys` that `others` has not, joined by spaces. */
static struct slice without(struct slice keys, struct slice others, char out[COMPARED_BYTES_MAX])
{
    size_t length = 0;

    while (keys.length > 0) {
        struct slice key = take_key(&keys);

        if (has_key(others, key))
            continue;
        if (length > 0)
            out[length++] = ' ';
        memcpy(out + length, key.data, key.length);
        length += key.length;
    }
    return slice_make(out, length);
}

static bool near_names(struct slice a, struct slice b)
{
    return similarity_one_edit(a, b) || is_prefix(a, b, INITIAL_BYTES)
           || similarity_jaro_winkler(a, b) >= NAME_NEAR;
}

/* Words that both have say nothing of the others: brothers whose father, grandfather and family
 * make three words of four have different names. */
static bool near_whole_names(struct slice a, struct slice b)
{
    char left[COMPARED_BYTES_MAX], right[COMPARED_BYTES_MAX];
    struct slice only_a = without(bounded(a), b, left), only_b = without(bounded(b), a, right);

    if (only_a.length == 0 || only_b.length == 0)
        return near_names(a, b);
    return near_names(only_a, only_b);
}

bool similarity_near(enum form form, struct slice a, struct slice b)
{
    int64_t number_a, number_b;

    if (form != FORM_NUMBER && form != FORM_DATE && form != FORM_MONTH && form != FORM_YEAR) {
        if (form == FORM_NAME)
            return near_names(a, b);
        if (form == FORM_TOKENS)
            return near_whole_names(a, b) || is_with_initials(a, b) || is_with_initials(b, a);
        return similarity_one_edit(a, b) || is_prefix(a, b, PREFIX_BYTES_MIN);
    }
    if (a.length != sizeof(int64_t) || b.length != sizeof(int64_t))
        return false;
    number_a = canonical_number(a);
    number_b = canonical_number(b);
    if (form == FORM_DATE)
        return near_dates(number_a, number_b);
    if (form == FORM_NUMBER)
        return near_numbers(number_a, number_b);
    /* As unsigned: the difference of any two must not overflow. */
    return (uint64_t)number_a - (uint64_t)number_b + 1 <= 2;
}

/* Two of year, month and day are the same. */
static bool share_date_parts(struct slice a, struct slice b)
{
    char digits_a[8], digits_b[8];
    unsigned same;

    if (a.length != sizeof(int64_t) || b.length != sizeof(int64_t))
        return false;
    similarity_date_digits(canonical_number(a), digits_a);
    similarity_date_digits(canonical_number(b), digits_b);
    same = (unsigned)(memcmp(digits_a, digits_b, 4) == 0)
           + (memcmp(digits_a + 4, digits_b + 4, 2) == 0)
           + (memcmp(digits_a + 6, digits_b + 6, 2) == 0);
    return same >= 2;
}

bool similarity_is_partly(enum form form, struct slice a, struct slice b)
{
    if (form == FORM_DATE)
        return share_date_parts(a, b);
    while (form == FORM_TOKENS && a.length > 0) {
        struct slice key = take_key(&a);

        if (key.length >= KEY_BYTES_MIN && has_key(b, key))
            return true;
    }
    return false;
}

/* Digits, a mark, digits, E, an optional sign, digits. */
bool similarity_is_scientific(struct slice cell)
{
    size_t i = 0, digits = 0, exponent = 0;

    cell = slice_trim(cell);
    if (i < cell.length && (cell.data[i] == '-' || cell.data[i] == '+'))
        i++;
    for (; i < cell.length
           && (plain_is_digit(cell.data[i]) || cell.data[i] == '.' || cell.data[i] == ',');
         i++)
        digits += plain_is_digit(cell.data[i]);
    if (digits == 0 || digits == i || i >= cell.length
        || (cell.data[i] != 'e' && cell.data[i] != 'E'))
        return digits > 0 && i + 1 < cell.length && (cell.data[i] == 'e' || cell.data[i] == 'E')
               && cell.data[i + 1] == '+';
    i++;
    if (i < cell.length && (cell.data[i] == '-' || cell.data[i] == '+'))
        i++;
    for (; i < cell.length && plain_is_digit(cell.data[i]); i++)
        exponent++;
    return exponent > 0 && i == cell.length;
}
