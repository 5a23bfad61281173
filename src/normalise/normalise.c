/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/normalise.h"

#include <assert.h>

#include "normalise/age.h"
#include "normalise/country.h"
#include "normalise/date.h"
#include "normalise/iban.h"
#include "normalise/name.h"
#include "normalise/number.h"
#include "normalise/phone.h"
#include "normalise/short_word.h"
#include "normalise/similarity.h"
#include "normalise/siphash.h"
#include "normalise/text.h"
#include "normalise/text_short.h"

#define ID_CHARACTERS_MAX 64 /* the longest account numbers have 34 */

/* Letters and digits of a cell, upper case. */
struct id_characters {
    size_t length;
    bool is_ascii;      /* as far as it was read */
    bool is_suspicious; /* has a point or an E: perhaps a table program took it for a number */
    char text[ID_CHARACTERS_MAX + 1]; /* and the first that is too many */
};

/* What each byte of a cell is in an identifier; 0: nothing. */
static const char id_character[UINT8_MAX + 1] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
    ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'A', ['B'] = 'B', ['C'] = 'C', ['D'] = 'D',
    ['E'] = 'E', ['F'] = 'F', ['G'] = 'G', ['H'] = 'H', ['I'] = 'I', ['J'] = 'J', ['K'] = 'K',
    ['L'] = 'L', ['M'] = 'M', ['N'] = 'N', ['O'] = 'O', ['P'] = 'P', ['Q'] = 'Q', ['R'] = 'R',
    ['S'] = 'S', ['T'] = 'T', ['U'] = 'U', ['V'] = 'V', ['W'] = 'W', ['X'] = 'X', ['Y'] = 'Y',
    ['Z'] = 'Z', ['a'] = 'A', ['b'] = 'B', ['c'] = 'C', ['d'] = 'D', ['e'] = 'E', ['f'] = 'F',
    ['g'] = 'G', ['h'] = 'H', ['i'] = 'I', ['j'] = 'J', ['k'] = 'K', ['l'] = 'L', ['m'] = 'M',
    ['n'] = 'N', ['o'] = 'O', ['p'] = 'P', ['q'] = 'Q', ['r'] = 'R', ['s'] = 'S', ['t'] = 'T',
    ['u'] = 'U', ['v'] = 'V', ['w'] = 'W', ['x'] = 'X', ['y'] = 'Y', ['z'] = 'Z',
};

/* False if there are too many. Millions of cells come through here: no branch but the one that
 * ends it depends on what they hold. */
static bool id_characters(struct slice cell, struct id_characters *out)
{
    bool is_suspicious = false, is_ascii = true;
    size_t length = 0;

    for (size_t i = 0; i < cell.length && length <= ID_CHARACTERS_MAX; i++) {
        unsigned char c = (unsigned char)cell.data[i];
        char character = id_character[c];

        out->text[length] = character;
        length += character != 0;
        is_suspicious |= (c == '.') | (character == 'E');
        is_ascii &= c < 0x80;
    }
    out->length = length;
    out->is_suspicious = is_suspicious;
    out->is_ascii = is_ascii;
    return length <= ID_CHARACTERS_MAX;
}

/* "123456785.0": a table program took the identifier, phone number or code for a number. */
static struct slice without_point_zero(struct slice cell)
{
    struct slice trimmed = slice_trim(cell);

    if (trimmed.length < 3 || trimmed.data[trimmed.length - 1] != '0'
        || trimmed.data[trimmed.length - 2] != '.')
        return cell;
    for (size_t i = 0; i + 2 < trimmed.length; i++) {
        if (trimmed.data[i] < '0' || trimmed.data[i] > '9')
            return cell;
    }
    return slice_make(trimmed.data, trimmed.length - 2);
}

/* All zeros are one zero. */
static struct slice without_leading_zeros(struct slice text)
{
    while (text.length > 1 && text.data[0] == '0')
        text = slice_skip(text, 1);
    return text;
}

static bool id_parse(const struct normaliser *rules, struct slice cell, struct buf *out)
{
    struct id_characters id;
    struct slice text;

    if (!id_characters(cell, &id))
        return false;
    if (!id.is_ascii) {
        char memory[TEXT_SHORT_ROOM];

        if (cell.length > TEXT_SHORT_BYTES_MAX
            || !id_characters(text_fold_short(cell, true, memory), &id))
            return false;
    } else if (id.is_suspicious) {
        if (similarity_is_scientific(cell))
            return false;
        if (without_point_zero(cell).length < cell.length)
            (void)id_characters(without_point_zero(cell), &id);
    }
    if (id.length == 0)
        return false;
    text = iban_account(slice_make(id.text, id.length), rules->country->code);
    buf_add_slice(out, without_leading_zeros(text));
    return !out->failed;
}

static bool code_parse(struct slice cell, struct buf *out)
{
    size_t start = out->length, zeros = 0;

    text_fold_joined(without_point_zero(cell), out);
    if (out->failed || out->length == start)
        return false;
    for (size_t i = start; i < out->length; i++) {
        if (out->data[i] < '0' || out->data[i] > '9')
            return true;
    }
    while (start + zeros + 1 < out->length && out->data[start + zeros] == '0')
        zeros++;
    memmove(out->data + start, out->data + start + zeros, out->length - start - zeros);
    out->length -= zeros;
    out->data[out->length] = '\0';
    return true;
}

static bool text_parse(struct slice cell, struct buf *out)
{
    size_t start = out->length;

    text_fold(cell, out);
    if (out->failed || out->length == start)
        return false;
    if (!memchr(cell.data, '@', cell.length)) /* addresses of mail have no streets */
        short_words(out, start);
    return true;
}

static bool name_parse(const struct normaliser *rules, struct slice cell, bool in_any_order,
                       struct buf *out)
{
    size_t start = out->length;

    if (in_any_order)
        name_key_tokens(cell, rules->country->names_fathers, out);
    else
        name_key_joined(cell, out);
    return !out->failed && out->length > start;
}

static bool number_of(const struct normaliser *rules, enum interpretation as, struct slice cell,
                      int64_t *out_number)
{
    int first = rules->short_years_from ? rules->short_years_from : SHORT_YEARS_FROM;

    switch (as) {
    case AS_DOT:
        return number_parse(cell, '.', out_number);
    case AS_COMMA:
        return number_parse(cell, ',', out_number);
    case AS_CENTS:
        return number_parse_cents(cell, out_number);
    case AS_DMY:
        return date_parse_from(cell, DATE_DMY, first, out_number);
    case AS_MDY:
        return date_parse_from(cell, DATE_MDY, first, out_number);
    case AS_YMD:
        return date_parse_from(cell, DATE_YMD, first, out_number);
    case AS_SERIAL:
        return date_parse_serial(cell, out_number);
    case AS_YEAR:
        return date_parse_year(cell, out_number);
    case AS_AGE:
        return age_parse(cell, out_number);
    case AS_YM:
        return date_parse_month_from(cell, true, first, out_number);
    case AS_MY:
        return date_parse_month_from(cell, false, first, out_number);
    default:
        return false;
    }
}

bool normalise(const struct normaliser *rules, enum interpretation as, struct slice cell,
               struct buf *out)
{
    int64_t number;

    assert(as < AS_PLAIN_COUNT);
    switch (as) {
    case AS_ID:
        return id_parse(rules, cell, out);
    case AS_PHONE:
        return phone_parse(rules->country, without_point_zero(cell), out);
    case AS_TEXT:
        return text_parse(cell, out);
    case AS_CODE:
        return code_parse(cell, out);
    case AS_NAME:
        return name_parse(rules, cell, false, out);
    case AS_TOKENS:
        return name_parse(rules, cell, true, out);
    default:
        if (!number_of(rules, as, cell, &number))
            return false;
        buf_add_u64(out, (uint64_t)number);
        return !out->failed;
    }
}

int64_t canonical_number(struct slice canonical)
{
    uint64_t number = 0;

    assert(canonical.length == sizeof(number));
    for (size_t i = 0; i < sizeof(number); i++)
        number |= (uint64_t)(unsigned char)canonical.data[i] << (8 * i);
    return (int64_t)number;
}

uint64_t fingerprint(const struct normaliser *rules, enum form form, struct slice canonical)
{
    uint64_t hash = siphash_prefixed(rules->key, (uint8_t)form, canonical);

    return hash == FINGERPRINT_NONE ? 1 : hash;
}

uint64_t normalise_fingerprint(const struct normaliser *rules, enum interpretation as,
                               struct slice cell, struct buf *scratch)
{
    buf_empty(scratch);
    if (!normalise(rules, as, cell, scratch))
        return FINGERPRINT_NONE;
    return fingerprint(rules, interpretation_form(as), buf_slice(scratch));
}

void normalise_fingerprints(const struct normaliser *rules, enum interpretation as,
                            const struct slice *cells, size_t count, struct buf *scratch,
                            uint64_t *out_prints)
{
    enum form form = interpretation_form(as);
    size_t at = 0;

    buf_empty(scratch);
    for (size_t i = 0; i < count; i++)
        out_prints[i] = normalise(rules, as, cells[i], scratch) ? scratch->length : 0;
    for (size_t i = 0; i < count; i++) {
        size_t end = (size_t)out_prints[i];

        if (end == 0)
            continue; /* FINGERPRINT_NONE */
        out_prints[i] = fingerprint(rules, form, slice_make(scratch->data + at, end - at));
        at = end;
    }
}

enum interpretation normalise_register_as(enum value_type type)
{
    static const enum interpretation as[TYPE_COUNT] = {
        [TYPE_ID] = AS_ID,           [TYPE_FAMILY_NAME] = AS_NAME,
        [TYPE_GIVEN_NAME] = AS_NAME, [TYPE_FULL_NAME] = AS_TOKENS,
        [TYPE_DATE] = AS_YMD,        [TYPE_MONTH] = AS_YM,
        [TYPE_AMOUNT] = AS_DOT,      [TYPE_NUMBER] = AS_DOT,
        [TYPE_PHONE] = AS_PHONE,     [TYPE_EMAIL] = AS_TEXT,
        [TYPE_ACCOUNT] = AS_ID,      [TYPE_ADDRESS] = AS_TEXT,
        [TYPE_CODE] = AS_CODE,       [TYPE_TEXT] = AS_TEXT,
        [TYPE_REF] = AS_ID,
    };

    return as[type];
}
