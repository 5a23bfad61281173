/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/country.h"

/* Source: the numbering plans as of 2024 (ITU-T E.164 national annexes); lengths are those of
 * fixed and mobile numbers of persons, without short codes. */
static const struct country countries[] = {
    {"", "", "0", 6, 12}, /* the neutral rules */
    {"AE", "971", "0", 8, 9},  {"AT", "43", "0", 7, 13},  {"AU", "61", "0", 9, 9},
    {"BD", "880", "0", 8, 10}, {"BE", "32", "0", 8, 9},   {"BF", "226", "", 8, 8},
    {"BH", "973", "", 8, 8},   {"BJ", "229", "", 8, 10},  {"BR", "55", "0", 10, 11},
    {"CA", "1", "1", 10, 10},  {"CD", "243", "0", 9, 9},  {"CH", "41", "0", 9, 9},
    {"CI", "225", "", 8, 10},  {"CM", "237", "", 8, 9},   {"CN", "86", "0", 10, 11},
    {"DE", "49", "0", 7, 12},  {"DK", "45", "", 8, 8},    {"DZ", "213", "0", 8, 9},
    {"EG", "20", "0", 8, 10},  {"ES", "34", "", 9, 9},    {"FI", "358", "0", 6, 11},
    {"FR", "33", "0", 9, 9},   {"GA", "241", "0", 7, 8},  {"GB", "44", "0", 9, 10},
    {"GN", "224", "", 9, 9},   {"GR", "30", "", 10, 10},  {"ID", "62", "0", 8, 12},
    {"IE", "353", "0", 7, 9},  {"IN", "91", "0", 10, 10}, {"IQ", "964", "0", 8, 10},
    {"IR", "98", "0", 10, 10}, {"IT", "39", "", 8, 11},   {"JO", "962", "0", 8, 9},
    {"JP", "81", "0", 9, 10},  {"KE", "254", "0", 9, 9},  {"KW", "965", "", 8, 8},
    {"LB", "961", "0", 7, 8},  {"LU", "352", "", 6, 9},   {"LY", "218", "0", 8, 9},
    {"MA", "212", "0", 9, 9},  {"ML", "223", "", 8, 8},   {"MR", "222", "", 8, 8},
    {"MX", "52", "", 10, 10},  {"NE", "227", "", 8, 8},   {"NG", "234", "0", 8, 10},
    {"NL", "31", "0", 9, 9},   {"NO", "47", "", 8, 8},    {"OM", "968", "", 8, 8},
    {"PK", "92", "0", 9, 10},  {"PL", "48", "", 9, 9},    {"PS", "970", "0", 8, 9},
    {"PT", "351", "", 9, 9},   {"QA", "974", "", 8, 8},   {"RO", "40", "0", 9, 9},
    {"RU", "7", "8", 10, 10},  {"SA", "966", "0", 8, 9},  {"SD", "249", "0", 9, 9},
    {"SE", "46", "0", 7, 9},   {"SN", "221", "", 9, 9},   {"SY", "963", "0", 8, 9},
    {"TG", "228", "", 8, 8},   {"TN", "216", "", 8, 8},   {"TR", "90", "0", 10, 10},
    {"UA", "380", "0", 9, 9},  {"US", "1", "1", 10, 10},  {"YE", "967", "0", 7, 9},
    {"ZA", "27", "0", 9, 9},
};

#define COUNTRY_COUNT (sizeof(countries) / sizeof(*countries))

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

const struct country *country_find(struct slice code)
{
    if (code.length != 2)
        return &countries[0];
    for (size_t i = 1; i < COUNTRY_COUNT; i++) {
        if (upper(code.data[0]) == countries[i].code[0]
            && upper(code.data[1]) == countries[i].code[1])
            return &countries[i];
    }
    return &countries[0];
}

const struct country *country_of_number(struct slice digits)
{
    for (size_t i = 1; i < COUNTRY_COUNT; i++) {
        if (slice_starts(digits, slice_of(countries[i].calling_code)))
            return &countries[i];
    }
    return &countries[0];
}
