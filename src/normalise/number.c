/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/number.h"

#include "base/utf8.h"
#include "normalise/plain.h"
#include "normalise/text_short.h"

/* Folded and joined: ISO 4217 codes and what people write. */
static const char *const currencies[] = {
    "aed",     "ars",   "aud",   "bdt",   "bgn",    "bhd",    "bob",     "brl",    "bs",
    "cad",     "cfa",   "chf",   "clp",   "cny",    "cop",    "crc",     "czk",    "da",
    "dh",      "dhs",   "din",   "dinar", "dinars", "dirham", "dirhams", "dkk",    "dollar",
    "dollars", "dop",   "dt",    "dzd",   "egp",    "etb",    "eur",     "euro",   "euros",
    "fcfa",    "fr",    "frs",   "fs",    "ft",     "gbp",    "ghs",     "gtq",    "hkd",
    "huf",     "idr",   "ils",   "inr",   "iqd",    "irr",    "isk",     "jod",    "jpy",
    "kc",      "kes",   "kr",    "krw",   "ksh",    "kwd",    "lbp",     "le",     "lei",
    "lira",    "liras", "lkr",   "ll",    "lv",     "lyd",    "mad",     "mro",    "mru",
    "mxn",     "myr",   "ngn",   "nis",   "nok",    "nzd",    "omr",     "pen",    "peso",
    "pesos",   "php",   "pkr",   "pln",   "qar",    "r",      "reais",   "real",   "rm",
    "rmb",     "ron",   "rp",    "rs",    "rsd",    "rub",    "rur",     "sar",    "sdg",
    "sek",     "sfr",   "sgd",   "sol",   "soles",  "syp",    "thb",     "tk",     "tl",
    "tnd",     "try",   "uah",   "um",    "us",     "usd",    "uyu",     "ves",    "vnd",
    "xaf",     "xof",   "yer",   "zar",   "zl",     "zloty",  "zlotych", "грн",    "дин",
    "р",       "руб",   "اوقيه", "تومان", "جم",     "جنيه",   "جنيهات",  "دا",     "دب",
    "دت",      "دج",    "دراهم", "درهم",  "دع",     "دك",     "دل",      "دم",     "دنانير",
    "دولار",   "دينار", "رس",    "رع",    "رق",     "ري",     "ريال",    "ريالات", "لس",
    "لل",      "يورو",
};

#define CURRENCY_COUNT (sizeof(currencies) / sizeof(*currencies))

static bool is_currency(struct slice text)
{
    char memory[TEXT_SHORT_ROOM];
    struct slice folded = text_fold_short(text, true, memory);

    for (size_t i = 0; i < CURRENCY_COUNT && folded.length > 0; i++) {
        if (currencies[i][0] == folded.data[0] && slice_is(folded, currencies[i]))
            return true;
    }
    return folded.length == 0;
}

/* A cell with letters: cut the currency off before the first digit or after the last. */
static bool strip_currency(struct slice *cell)
{
    struct slice rest = *cell;
    size_t first = cell->length, last = 0;

    while (rest.length > 0) {
        size_t at = cell->length - rest.length;
        char c = plain_of(utf8_next(&rest));
        bool is_edge = plain_is_digit(c) || c == '(' || c == ')' || c == '-' || c == '+';

        if (is_edge && first == cell->length)
            first = at;
        if (is_edge)
            last = cell->length - rest.length;
    }
    if (first >= last || !is_currency(slice_make(cell->data, first))
        || !is_currency(slice_skip(*cell, last)))
        return false;
    *cell = slice_make(cell->data + first, last - first);
    return true;
}

/* The characters of the number itself, and its sign. */
struct figure {
    const char *text;
    size_t length;
    bool negative;
};

static bool is_filler(char c)
{
    return c == ' ' || c == PLAIN_CURRENCY || c == '$';
}

static void trim_filler(struct figure *figure)
{
    while (figure->length > 0 && is_filler(figure->text[0])) {
        figure->text++;
        figure->length--;
    }
    while (figure->length > 0 && is_filler(figure->text[figure->length - 1]))
        figure->length--;
}

/* Take signs and brackets off: -12, 12-, +12, (12). */
static void strip_sign(struct figure *figure)
{
    trim_filler(figure);
    if (figure->length >= 2 && figure->text[0] == '(' && figure->text[figure->length - 1] == ')') {
        figure->negative = true;
        figure->text++;
        figure->length -= 2;
    } else if (figure->length > 0 && (figure->text[0] == '-' || figure->text[0] == '+')) {
        figure->negative = figure->text[0] == '-';
        figure->text++;
        figure->length--;
    } else if (figure->length > 0 && figure->text[figure->length - 1] == '-') {
        figure->negative = true;
        figure->length--;
    }
    trim_filler(figure);
}

/* The digits before the decimal mark. Groups have three digits, or two in the Indian way, but the
 * last always three and the first one to three. */
static bool parse_whole(struct figure *figure, char group_mark, uint64_t *out_whole)
{
    size_t digits = 0, in_group = 0, i = 0;
    uint64_t whole = 0;
    char mark = '\0';

    for (; i < figure->length; i++) {
        char c = figure->text[i];

        if (plain_is_digit(c)) {
            if (digits > 0 || c != '0')
                digits++;
            if (digits > NUMBER_DIGITS_MAX)
                return false;
            whole = whole * 10 + (unsigned)(c - '0');
            in_group++;
        } else if (c == group_mark || c == ' ' || c == '\'') {
            if (in_group < 1 || in_group > 3 || (mark && (c != mark || in_group < 2)))
                return false;
            mark = c;
            in_group = 0;
        } else {
            break;
        }
    }
    if (mark && in_group != 3)
        return false;
    figure->text += i;
    figure->length -= i;
    *out_whole = whole;
    return i > 0 || figure->length > 1; /* ".5" has no digit before its mark */
}

/* The decimal mark and what follows, as hundredths (100: rounded up to the next whole). */
static bool parse_decimals(const struct figure *figure, char mark, unsigned *out_hundredths)
{
    unsigned hundredths = 0;

    *out_hundredths = 0;
    if (figure->length == 0)
        return true;
    if (figure->text[0] != mark && figure->text[0] != PLAIN_DECIMAL)
        return false;
    for (size_t i = 1; i < figure->length; i++) {
        if (!plain_is_digit(figure->text[i]))
            return false;
    }
    if (figure->length > 1)
        hundredths = 10 * (unsigned)(figure->text[1] - '0');
    if (figure->length > 2)
        hundredths += (unsigned)(figure->text[2] - '0');
    if (figure->length > 3)
        hundredths += figure->text[3] >= '5';
    *out_hundredths = hundredths;
    return true;
}

bool number_parse(struct slice cell, char mark, int64_t *out_hundredths)
{
    struct plain plain;
    struct figure figure;
    uint64_t whole;
    unsigned hundredths;
    int64_t value;

    if (!plain_make(cell, &plain) || !plain.has_digits)
        return false;
    if (plain.has_letters && (!strip_currency(&cell) || !plain_make(cell, &plain)))
        return false;
    figure = (struct figure){.text = plain.text, .length = plain.length};
    strip_sign(&figure);
    if (!parse_whole(&figure, mark == '.' ? ',' : '.', &whole)
        || !parse_decimals(&figure, mark, &hundredths))
        return false;
    value = (int64_t)(whole * 100 + hundredths);
    *out_hundredths = figure.negative ? -value : value;
    return true;
}

bool number_parse_cents(struct slice cell, int64_t *out_hundredths)
{
    struct plain plain;
    struct figure figure;
    uint64_t value = 0;

    if (!plain_make(cell, &plain))
        return false;
    figure = (struct figure){.text = plain.text, .length = plain.length};
    strip_sign(&figure);
    if (figure.length == 0 || figure.length > NUMBER_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < figure.length; i++) {
        if (!plain_is_digit(figure.text[i]))
            return false;
        value = value * 10 + (unsigned)(figure.text[i] - '0');
    }
    *out_hundredths = figure.negative ? -(int64_t)value : (int64_t)value;
    return true;
}
