/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/phone.h"

#include "normalise/plain.h"

#define SYNTHETIC_CALLING_CODE "999"
#define PHONE_DIGITS_MIN       6  /* a subscriber number without its area */
#define PHONE_DIGITS_MAX       15 /* E.164 */
#define PREFIXED_DIGITS_MAX    20 /* with 00 and a trunk zero in brackets */

struct number {
    char digits[PREFIXED_DIGITS_MAX];
    size_t length;
    bool has_plus;
};

static bool collect_digits(const struct plain *plain, struct number *out)
{
    out->length = 0;
    out->has_plus = false;
    for (size_t i = 0; i < plain->length; i++) {
        char c = plain->text[i];

        if (plain_is_digit(c)) {
            if (out->length == PREFIXED_DIGITS_MAX)
                return false;
            out->digits[out->length++] = c;
        } else if (c == '+' && out->length == 0) {
            out->has_plus = true;
        } else if (!strchr(" .-()/'=\"", c)) {
            return false;
        }
    }
    return true;
}

static struct slice skip_zeros(struct slice digits)
{
    while (digits.length > 0 && digits.data[0] == '0')
        digits = slice_skip(digits, 1);
    return digits;
}

static bool has_national_length(const struct country *country, struct slice digits)
{
    return digits.length >= country->national_digits_min
           && digits.length <= country->national_digits_max;
}

/* Take the country's own calling code, or the synthetic one, and a trunk zero off the front. */
static bool strip_own_code(const struct country *country, struct slice *digits)
{
    struct slice own = slice_of(country->calling_code);
    struct slice synthetic = SLICE_LITERAL(SYNTHETIC_CALLING_CODE);

    if (own.length > 0 && slice_starts(*digits, own))
        *digits = skip_zeros(slice_skip(*digits, own.length));
    else if (slice_starts(*digits, synthetic))
        *digits = skip_zeros(slice_skip(*digits, synthetic.length));
    else
        return false;
    return true;
}

/* Under the neutral rules all numbers are alike, with or without +. */
static bool add_foreign(const struct country *country, struct slice digits, struct buf *out)
{
    struct slice code = slice_of(country_of_number(digits)->calling_code);
    struct slice rest = skip_zeros(slice_skip(digits, code.length));

    if (code.length + rest.length < PHONE_DIGITS_MIN + 2
        || code.length + rest.length > PHONE_DIGITS_MAX)
        return false;
    if (country->calling_code[0])
        buf_add_byte(out, '+');
    buf_add(out, digits.data, code.length);
    buf_add_slice(out, rest);
    return true;
}

static bool add_national(struct slice digits, struct buf *out)
{
    if (digits.length < PHONE_DIGITS_MIN || digits.length > PHONE_DIGITS_MAX)
        return false;
    buf_add_slice(out, digits);
    return true;
}

bool phone_parse(const struct country *country, struct slice cell, struct buf *out)
{
    struct plain plain;
    struct number number;
    struct slice digits, own;

    if (!plain_make(cell, &plain) || plain.has_letters || !collect_digits(&plain, &number))
        return false;
    digits = slice_make(number.digits, number.length);
    if (number.has_plus || slice_starts(digits, SLICE_LITERAL("00"))) {
        digits = skip_zeros(digits);
        return strip_own_code(country, &digits) ? add_national(digits, out)
                                                : add_foreign(country, digits, out);
    }
    if (digits.length > 0 && digits.data[0] == '0')
        return add_national(skip_zeros(digits), out);
    if (has_national_length(country, digits))
        return add_national(digits, out);
    own = digits;
    if (strip_own_code(country, &own) && has_national_length(country, own))
        return add_national(own, out);
    if (digits.length > country->national_digits_max)
        return add_foreign(country, digits, out);
    return add_national(digits, out);
}
