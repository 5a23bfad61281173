/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "canary/pattern.h"

#include "base/cleanup.h"
#include "normalise/scheme_rule.h"
#include "normalise/text.h"

#define TRIES_MAX   100000u /* of one value; three check digits pass once in a thousand */
#define SAMPLES_MAX 5000u   /* to learn which share passes */
#define PASSED_MAX  200u    /* ... to 7 % */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* One value, whether it passes or not; `out` has room for PATTERN_BYTES_MAX. */
static size_t draw_value(const char *text, struct keyed_dice *dice, char *out)
{
    size_t length = 0;

    for (; text[length] != '\0'; length++) {
        char c = text[length];

        if (c == '#')
            c = (char)('0' + keyed_dice_below(dice, 10));
        else if (c == '?')
            c = (char)('A' + keyed_dice_below(dice, 26));
        out[length] = c;
    }
    return length;
}

/* What schemes are asked about: letters and digits, upper case, with the zeros in front. */
static bool passes(const struct scheme *scheme, struct slice value)
{
    char id[PATTERN_BYTES_MAX];
    size_t length = 0;

    for (size_t i = 0; i < value.length; i++) {
        if (is_digit(value.data[i]) || is_letter(value.data[i]))
            id[length++] = upper(value.data[i]);
    }
    return scheme->is_valid(slice_make(id, length));
}

/* The share of values that pass, from a fixed sample; 0 if it has none. */
static double share_passing(const char *text, const struct scheme *scheme)
{
    static const uint8_t no_key[CANARY_KEY_BYTES];
    char value[PATTERN_BYTES_MAX];
    struct keyed_dice dice;
    unsigned passed = 0, samples = 0;

    keyed_dice_start(&dice, no_key, slice_of("sample"), 0, slice_of(text));
    while (samples < SAMPLES_MAX && passed < PASSED_MAX) {
        size_t length = draw_value(text, &dice, value);

        samples++;
        passed += passes(scheme, slice_make(value, length));
    }
    return (double)passed / samples;
}

enum pattern_fault pattern_init(const char *text, const struct scheme *scheme,
                                struct pattern *out_pattern)
{
    struct pattern pattern = {.text = text, .scheme = scheme, .size = 1};
    bool is_free = false;

    if (strlen(text) > PATTERN_BYTES_MAX)
        return PATTERN_TOO_LONG;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < ' ' || *c > '~')
            return PATTERN_NOT_ASCII;
        is_free = is_free || *c == '#' || *c == '?';
        pattern.size *= *c == '#' ? 10 : *c == '?' ? 26 : 1;
    }
    if (!is_free)
        return PATTERN_NOT_FREE;
    if (scheme && scheme->is_valid == rule_email)
        return PATTERN_UNCHECKED;
    if (scheme)
        pattern.size *= share_passing(text, scheme);
    if (pattern.size <= 0)
        return PATTERN_NEVER_PASSES;
    *out_pattern = pattern;
    return PATTERN_GOOD;
}

bool pattern_draw(const struct pattern *pattern, struct keyed_dice *dice, struct buf *out)
{
    char value[PATTERN_BYTES_MAX];

    for (unsigned tries = 0; tries < TRIES_MAX; tries++) {
        size_t length = draw_value(pattern->text, dice, value);

        if (pattern->scheme && !passes(pattern->scheme, slice_make(value, length)))
            continue;
        buf_add(out, value, length);
        return true;
    }
    return false;
}

static struct slice without_zeros(struct slice digits)
{
    while (digits.length > 0 && digits.data[0] == '0')
        digits = slice_skip(digits, 1);
    return digits;
}

void pattern_code(struct slice value, struct buf *out)
{
    CLEANUP(buf_clear_cleanup) struct buf folded = {0};

    text_fold_joined(value, &folded);
    if (folded.failed)
        out->failed = folded.failed;
    buf_add_slice(out, without_zeros(buf_slice(&folded)));
}

/* Whether a character of a value, upper case, may stand where the pattern has `wanted`. */
static bool fits(char wanted, char c)
{
    if (wanted == '#')
        return is_digit(c);
    if (wanted == '?')
        return c >= 'A' && c <= 'Z';
    return upper(wanted) == c;
}

bool pattern_holds(const struct pattern *pattern, struct slice code)
{
    char id[PATTERN_BYTES_MAX];
    size_t length = 0, at = 0, zeros;

    for (const char *c = pattern->text; *c != '\0'; c++)
        length += is_digit(*c) || is_letter(*c) || *c == '#' || *c == '?';
    if (code.length > length)
        return false;
    zeros = length - code.length;
    for (const char *c = pattern->text; *c != '\0'; c++) {
        if (!is_digit(*c) && !is_letter(*c) && *c != '#' && *c != '?')
            continue;
        id[at] = at < zeros ? '0' : upper(code.data[at - zeros]);
        if (!fits(*c, id[at]))
            return false;
        at++;
    }
    return !pattern->scheme || pattern->scheme->is_valid(slice_make(id, length));
}
