/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/iban.h"

#include <string.h>

#define PREFIX_LENGTH   4
#define IBAN_LENGTH_MIN 15
#define IBAN_LENGTH_MAX 34

/* Lengths by country. Source: SWIFT's registry of IBAN formats; MA and DZ, which are not in it, by
 * published samples (domain.md 2.6). */
static const struct {
    char country[3];
    unsigned char length;
} lengths[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BF", 28},
    {"BG", 22}, {"BH", 22}, {"BJ", 28}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CI", 28}, {"CM", 27},
    {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"DZ", 24},
    {"DZ", 26}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22},
    {"GI", 23}, {"GR", 27}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26},
    {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LI", 21}, {"LT", 20}, {"LU", 20},
    {"LV", 21}, {"LY", 25}, {"MA", 28}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MG", 27}, {"MK", 19},
    {"ML", 28}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NE", 28}, {"NL", 18}, {"NO", 15}, {"PK", 24},
    {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"SA", 24}, {"SD", 18},
    {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SN", 28}, {"TG", 28}, {"TN", 24}, {"TR", 26},
    {"UA", 29}, {"XK", 20},
};

#define LENGTH_COUNT (sizeof(lengths) / sizeof(*lengths))

unsigned iban_remainder(struct slice text, unsigned remainder)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];

        if (c >= '0' && c <= '9')
            remainder = (remainder * 10 + (unsigned)(c - '0')) % 97;
        else
            remainder = (remainder * 100 + (unsigned)(c - 'A' + 10)) % 97;
    }
    return remainder;
}

static bool has_country_length(struct slice iban)
{
    for (size_t i = 0; i < LENGTH_COUNT; i++) {
        if (iban.data[0] == lengths[i].country[0] && iban.data[1] == lengths[i].country[1]
            && iban.length == lengths[i].length)
            return true;
    }
    return false;
}

bool iban_is_valid(struct slice iban)
{
    if (iban.length < IBAN_LENGTH_MIN || iban.length > IBAN_LENGTH_MAX || iban.data[0] < 'A'
        || iban.data[0] > 'Z' || iban.data[1] < 'A' || iban.data[1] > 'Z')
        return false;
    for (size_t i = 2; i < iban.length; i++) {
        bool is_digit = iban.data[i] >= '0' && iban.data[i] <= '9';
        bool is_letter = iban.data[i] >= 'A' && iban.data[i] <= 'Z';

        if (!is_digit && !(is_letter && i >= PREFIX_LENGTH))
            return false;
    }
    return has_country_length(iban)
           && iban_remainder(slice_make(iban.data, PREFIX_LENGTH),
                             iban_remainder(slice_skip(iban, PREFIX_LENGTH), 0))
                  == 1;
}

/* "27 1140...": all of an IBAN but the letters of its country, as some write it at home. */
static bool is_without_country(struct slice text, const char *country)
{
    char iban[IBAN_LENGTH_MAX];

    if (!country[0] || text.length + 2 > sizeof(iban) || text.data[0] > '9')
        return false;
    memcpy(iban, country, 2);
    memcpy(iban + 2, text.data, text.length);
    return iban_is_valid(slice_make(iban, text.length + 2));
}

struct slice iban_account(struct slice text, const char *country)
{
    if (iban_is_valid(text))
        return slice_skip(text, PREFIX_LENGTH);
    return is_without_country(text, country) ? slice_skip(text, PREFIX_LENGTH - 2) : text;
}
