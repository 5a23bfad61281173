/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/scheme_rule.h"

#include "base/moment.h"
#include "normalise/iban.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool are_digits(struct slice id)
{
    for (size_t i = 0; i < id.length; i++) {
        if (!is_digit(id.data[i]))
            return false;
    }
    return true;
}

static bool has_digits(struct slice id, size_t count)
{
    return id.length == count && are_digits(id);
}

static unsigned digit(struct slice id, size_t i)
{
    return (unsigned)(id.data[i] - '0');
}

static unsigned number_at(struct slice id, size_t at, size_t count)
{
    unsigned value = 0;

    for (size_t i = at; i < at + count; i++)
        value = value * 10 + digit(id, i);
    return value;
}

static struct slice part(struct slice id, size_t at, size_t count)
{
    return slice_make(id.data + at, count);
}

/* The last digit completes the sum of the digits from `first` on to tens; every second one from
 * there counts twice, the first of them if `doubles_first`. */
static bool completes_tens(struct slice id, size_t first)
{
    unsigned sum = 0;

    for (size_t i = first; i + 1 < id.length; i++)
        sum += i % 2 == 1 ? 2 * digit(id, i) : digit(id, i);
    return (10 - sum % 10) % 10 == digit(id, id.length - 1);
}

bool rule_ma_cnss_person(struct slice id)
{
    if (!has_digits(id, 9))
        return false;
    if (slice_is(id, "000000000") || slice_is(id, "999999999"))
        return true; /* no number yet; occasional labour */
    return id.data[0] == '1' && !slice_is(id, "100000000") && completes_tens(id, 1);
}

bool rule_ma_cnss_person_drill(struct slice id)
{
    return has_digits(id, 9) && id.data[0] == '8' && completes_tens(id, 1);
}

bool rule_ma_cnss_employer(struct slice id)
{
    return has_digits(id, 7) && completes_tens(id, 0);
}

bool rule_ma_cin(struct slice id)
{
    size_t letters = 0;

    while (letters < id.length && is_letter(id.data[letters]))
        letters++;
    return letters >= 1 && letters <= 2 && id.length > letters && id.length <= 8
           && id.length - letters <= 6 && are_digits(slice_skip(id, letters));
}

bool rule_ma_rib(struct slice id)
{
    return has_digits(id, 24) && iban_remainder(id, 0) == 0;
}

bool rule_ma_ice(struct slice id)
{
    return has_digits(id, 15) && iban_remainder(id, 0) == 0;
}

bool rule_ma_passport(struct slice id)
{
    return id.length == 9 && is_letter(id.data[0]) && is_letter(id.data[1])
           && are_digits(slice_skip(id, 2));
}

bool rule_tn_cin(struct slice id)
{
    return has_digits(id, 8);
}

bool rule_tn_rib(struct slice id)
{
    return has_digits(id, 20) && iban_remainder(id, 0) == 0;
}

bool rule_tn_tax(struct slice id)
{
    if (id.length != 8 && id.length != 13)
        return false;
    if (!are_digits(part(id, 0, 7)) || !is_letter(id.data[7]) || strchr("IOU", id.data[7]))
        return false;
    if (id.length == 8)
        return true;
    return strchr("APBDN", id.data[8]) && strchr("MPCNE", id.data[9])
           && are_digits(slice_skip(id, 10))
           && (slice_is(slice_skip(id, 10), "000") || id.data[9] == 'E');
}

bool rule_dz_rib(struct slice id)
{
    /* The bank code (first 3) is left out of the key. */
    return has_digits(id, 20)
           && 97 - iban_remainder(SLICE_LITERAL("00"), iban_remainder(part(id, 3, 15), 0))
                  == number_at(id, 18, 2);
}

bool rule_dz_rip(struct slice id)
{
    return rule_dz_rib(id) && slice_starts(id, SLICE_LITERAL("00799999"));
}

bool rule_dz_nss(struct slice id)
{
    unsigned sum = 0;

    if (!has_digits(id, 12))
        return false;
    for (size_t i = 0; i < 10; i++)
        sum += i % 2 == 0 ? 2 * digit(id, i) : digit(id, i);
    return sum <= 99 + 0u ? 99 - sum == number_at(id, 10, 2) : false;
}

bool rule_dz_nin(struct slice id)
{
    return has_digits(id, 18) && (id.data[1] == '0' || id.data[1] == '1');
}

bool rule_mr_nni(struct slice id)
{
    return has_digits(id, 10) && iban_remainder(id, 0) == 1;
}

bool rule_mr_rib(struct slice id)
{
    return has_digits(id, 23) && iban_remainder(id, 0) == 0;
}

bool rule_ly_nid(struct slice id)
{
    if (!has_digits(id, 12) || (id.data[0] != '1' && id.data[0] != '2'))
        return false;
    return number_at(id, 1, 4) >= 1900 && number_at(id, 1, 4) <= 2100;
}

bool rule_eg_nid(struct slice id)
{
    static const unsigned char weights[13] = {2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    unsigned sum = 0, governorate, rest;
    int year;

    if (!has_digits(id, 14) || (id.data[0] != '2' && id.data[0] != '3'))
        return false;
    year = (id.data[0] == '2' ? 1900 : 2000) + (int)number_at(id, 1, 2);
    governorate = number_at(id, 7, 2);
    if (!civil_is_valid(year, number_at(id, 3, 2), number_at(id, 5, 2))
        || !((governorate >= 1 && governorate <= 4) || (governorate >= 11 && governorate <= 19)
             || (governorate >= 21 && governorate <= 29) || (governorate >= 31 && governorate <= 35)
             || governorate == 88))
        return false;
    for (size_t i = 0; i < 13; i++)
        sum += weights[i] * digit(id, i);
    rest = sum % 11;
    return (rest == 0 ? 0 : (11 - rest) % 10) == digit(id, 13);
}

bool rule_fr_nir(struct slice id)
{
    char digits[15];
    struct slice number = slice_make(digits, sizeof(digits));

    if (id.length != sizeof(digits))
        return false;
    memcpy(digits, id.data, sizeof(digits));
    if (digits[5] == '2' && (digits[6] == 'A' || digits[6] == 'B')) { /* Corsica: 19, 18 */
        digits[5] = '1';
        digits[6] = digits[6] == 'A' ? '9' : '8';
    }
    return are_digits(number) && digits[0] != '0'
           && 97 - iban_remainder(part(number, 0, 13), 0) == number_at(number, 13, 2);
}

bool rule_fr_rib(struct slice id)
{
    static const char values[] = "12345678912345678923456789"; /* of A to Z */
    char digits[23];

    if (id.length != sizeof(digits))
        return false;
    for (size_t i = 0; i < sizeof(digits); i++)
        digits[i] = is_letter(id.data[i]) ? values[id.data[i] - 'A'] : id.data[i];
    return has_digits(slice_make(digits, sizeof(digits)), sizeof(digits))
           && iban_remainder(slice_make(digits, sizeof(digits)), 0) == 0;
}

bool rule_es_dni(struct slice id)
{
    return id.length == 9 && are_digits(part(id, 0, 8))
           && id.data[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[number_at(id, 0, 8) % 23];
}

bool rule_es_nie(struct slice id)
{
    char digits[9];

    if (id.length != sizeof(digits) || id.data[0] < 'X' || id.data[0] > 'Z')
        return false;
    memcpy(digits, id.data, sizeof(digits));
    digits[0] = (char)('0' + (id.data[0] - 'X'));
    return rule_es_dni(slice_make(digits, sizeof(digits)));
}

bool rule_es_nss(struct slice id)
{
    unsigned short_rule;

    if (!has_digits(id, 12))
        return false;
    if (iban_remainder(part(id, 0, 10), 0) == number_at(id, 10, 2))
        return true;
    /* Numbers below 10,000,000 are taken without the zero after the province. */
    short_rule = iban_remainder(part(id, 3, 7), iban_remainder(part(id, 0, 2), 0));
    return id.data[2] == '0' && short_rule == number_at(id, 10, 2);
}

bool rule_luhn(struct slice id)
{
    unsigned sum = 0;

    if (id.length < 2 || !are_digits(id))
        return false;
    for (size_t i = 0; i < id.length; i++) {
        unsigned d = digit(id, id.length - 1 - i);

        if (i % 2 == 1)
            d = d > 4 ? 2 * d - 9 : 2 * d;
        sum += d;
    }
    return sum % 10 == 0;
}

bool rule_verhoeff(struct slice id)
{
    static const unsigned char product[10][10] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
        {2, 3, 4, 0, 1, 7, 8, 9, 5, 6}, {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
        {4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
        {6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
        {8, 7, 6, 5, 9, 3, 2, 1, 0, 4}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}; /* of the group D5 */
    static const unsigned char permutation[8][10] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
        {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
        {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
        {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
    unsigned check = 0;

    if (id.length < 2 || !are_digits(id))
        return false;
    for (size_t i = 0; i < id.length; i++)
        check = product[check][permutation[i % 8][digit(id, id.length - 1 - i)]];
    return check == 0;
}

bool rule_mod97(struct slice id)
{
    return id.length >= 3 && are_digits(id) && iban_remainder(id, 0) == 1;
}

static bool is_atom(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c)
           || (unsigned char)c >= 0x80 || (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

/* Labels of letters, digits and inner hyphens, at least two of them. */
static bool is_domain(struct slice domain)
{
    size_t label = 0, dots = 0;

    for (size_t i = 0; i < domain.length; i++) {
        char c = domain.data[i];

        if (c == '.') {
            if (label == 0 || domain.data[i - 1] == '-')
                return false;
            label = 0;
            dots++;
        } else if (c == '-'
                       ? label == 0
                       : !is_digit(c) && !is_letter((char)(c & ~0x20)) && (unsigned char)c < 0x80) {
            return false;
        } else {
            label++;
        }
    }
    return dots >= 1 && label >= 2;
}

bool rule_email(struct slice address)
{
    size_t at = address.length;

    for (size_t i = 0; i < address.length; i++) {
        if (address.data[i] == '@')
            at = i;
    }
    if (at == address.length || at == 0 || at > 64 || address.length - at - 1 > 255)
        return false;
    for (size_t i = 0; i < at; i++) {
        bool is_dot = address.data[i] == '.';

        if (!is_atom(address.data[i])
            || (is_dot && (i == 0 || i + 1 == at || address.data[i - 1] == '.')))
            return false;
    }
    return is_domain(slice_skip(address, at + 1));
}
