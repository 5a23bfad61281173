/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/misreading.h"

#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "base/utf8.h"
#include "normalise/text.h"

#define SHAPES_MAX      128u /* of a value; what is longer is compared that far */
#define LENGTH_FOR_LOSS 6u   /* in a shorter value a character more or less is another value */
#define LENGTH_WITHIN   5u   /* a shorter value stands in anything by chance */
#define ERRORS_EACH     8u   /* of a text: one error, and one for so many characters more */

/* A text as a recogniser sees it: letters and digits of one shape are one. */
struct shapes {
    uint32_t items[SHAPES_MAX];
    size_t count;
};

static uint32_t shape_of(uint32_t code_point)
{
    static const char alike[][2] = {{'o', '0'}, {'q', '0'}, {'d', '0'}, {'l', '1'}, {'i', '1'},
                                    {'s', '5'}, {'b', '8'}, {'z', '2'}, {'g', '6'}};

    for (size_t i = 0; i < sizeof(alike) / sizeof(alike[0]); i++) {
        if (code_point == (uint32_t)alike[i][0])
            return (uint32_t)alike[i][1];
    }
    return code_point;
}

static bool is_digit(uint32_t shape)
{
    return shape >= '0' && shape <= '9';
}

/* Digits of which one is taken for the other when a stroke is lost, or runs. */
static bool are_alike(uint32_t a, uint32_t b)
{
    static const char *const alike[] = {"689", "74",  "7",  "589",  "19",
                                        "368", "058", "12", "0356", "0348"};

    return is_digit(a) && is_digit(b) && strchr(alike[a - '0'], (int)b) != NULL;
}

static void add_shape(struct shapes *shapes, uint32_t code_point)
{
    if (code_point == 'n' && shapes->count > 0 && shapes->items[shapes->count - 1] == 'r')
        shapes->items[shapes->count - 1] = 'm';
    else if (shapes->count < SHAPES_MAX)
        shapes->items[shapes->count++] = shape_of(code_point);
}

static void find_shapes(struct slice text, bool digits_only, struct buf *folded,
                        struct shapes *shapes)
{
    struct slice rest;

    buf_empty(folded);
    text_fold_joined(text, folded);
    shapes->count = 0;
    for (rest = buf_slice(folded); rest.length > 0;) {
        uint32_t code_point = utf8_next(&rest);

        if (!digits_only || is_digit(shape_of(code_point)))
            add_shape(shapes, code_point);
    }
}

/* ---- distance ---- */

struct errors {
    unsigned substitution, loss; /* costs */
    bool within;                 /* characters before and behind the value cost nothing */
};

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned less = a < b ? a : b;

    return less < c ? less : c;
}

static unsigned cost(const struct errors *errors, uint32_t read, uint32_t held)
{
    if (read == held)
        return 0;
    return are_alike(read, held) ? 1 : errors->substitution;
}

/* The least cost of errors that make what was read of what is held. */
static unsigned distance(const struct shapes *read, const struct shapes *held,
                         const struct errors *errors)
{
    unsigned row[SHAPES_MAX + 1];
    unsigned best = UINT32_MAX;

    for (size_t i = 0; i <= read->count; i++)
        row[i] = errors->within ? 0 : (unsigned)i * errors->loss;
    for (size_t j = 1; j <= held->count; j++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)j * errors->loss;
        for (size_t i = 1; i <= read->count; i++) {
            unsigned above = row[i];

            row[i] = smallest(diagonal + cost(errors, read->items[i - 1], held->items[j - 1]),
                              above + errors->loss, row[i - 1] + errors->loss);
            diagonal = above;
        }
    }
    if (!errors->within)
        return row[read->count];
    for (size_t i = 0; i <= read->count; i++)
        best = row[i] < best ? row[i] : best;
    return best;
}

static bool is_words(const struct field *field)
{
    return type_is_name(field->type) || field->form == FORM_TEXT;
}

static bool are_near(const struct field *field, const struct shapes *read,
                     const struct shapes *held)
{
    bool words = is_words(field);
    struct errors errors = {.substitution = words ? 1 : 2,
                            .loss = held->count >= LENGTH_FOR_LOSS ? 1 : 2,
                            .within = held->count >= LENGTH_WITHIN};
    unsigned allowed = words ? 1 + (unsigned)held->count / ERRORS_EACH : 1;

    if (held->count == 0)
        return false;
    if (2 * read->count < held->count) /* a part that is left of it, or of a neighbour */
        return true;
    return distance(read, held, &errors) <= allowed;
}

/* ---- numbers and dates, as their digits are written ---- */

static bool are_digits_near(const struct field *field, struct slice cell, const char *digits,
                            struct buf *a, struct buf *b)
{
    struct shapes read, held;

    find_shapes(cell, true, a, &read);
    find_shapes(slice_of(digits), true, b, &held);
    return are_near(field, &read, &held);
}

static bool is_misread_date(const struct field *field, struct slice cell, int64_t days,
                            struct buf *a, struct buf *b)
{
    char dmy[40], ymd[40], mdy[40];
    unsigned month, day;
    int year;

    civil_from_days((int32_t)days, &year, &month, &day);
    (void)snprintf(dmy, sizeof(dmy), "%02u%02u%04d", day, month, year);
    (void)snprintf(ymd, sizeof(ymd), "%04d%02u%02u", year, month, day);
    (void)snprintf(mdy, sizeof(mdy), "%02u%02u%04d", month, day, year);
    return are_digits_near(field, cell, dmy, a, b) || are_digits_near(field, cell, ymd, a, b)
           || are_digits_near(field, cell, mdy, a, b);
}

static bool is_misread_number(const struct field *field, struct slice cell, int64_t hundredths,
                              struct buf *a, struct buf *b)
{
    char whole[32], exact[32];

    (void)snprintf(whole, sizeof(whole), "%lld", (long long)(hundredths / 100));
    (void)snprintf(exact, sizeof(exact), "%lld", (long long)hundredths);
    return are_digits_near(field, cell, exact, a, b)
           || (hundredths % 100 == 0 && are_digits_near(field, cell, whole, a, b));
}

bool misreading_explains(const struct field *field, struct slice cell, uint32_t value,
                         struct buf *a, struct buf *b)
{
    struct shapes read, held;

    if (field->form == FORM_DATE || field->form == FORM_NUMBER) {
        int64_t number = canonical_number(field_key_text(field, field_value_key(field, value)));

        return field->form == FORM_DATE ? is_misread_date(field, cell, number, a, b)
                                        : is_misread_number(field, cell, number, a, b);
    }
    find_shapes(cell, false, a, &read);
    find_shapes(field_value_text(field, value), false, b, &held);
    return are_near(field, &read, &held);
}
