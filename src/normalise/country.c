/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/country.h"

/* Source: the numbering plans as of 2024 (ITU-T E.164 national annexes); lengths are those of
 * fixed and mobile numbers of persons, without short codes. */
static const struct country countries[] = {
    {"", "", "0", 6, 12, false}, /* the neutral rules */
    {"AE", "971", "0", 8, 9, true},   {"AL", "355", "0", 8, 9, false},
    {"AR", "54", "0", 10, 11, false}, {"AT", "43", "0", 7, 13, false},
    {"AU", "61", "0", 9, 9, false},   {"BD", "880", "0", 8, 10, false},
    {"BE", "32", "0", 8, 9, false},   {"BF", "226", "", 8, 8, false},
    {"BG", "359", "0", 7, 9, false},  {"BH", "973", "", 8, 8, true},
    {"BJ", "229", "", 8, 10, false},  {"BO", "591", "0", 8, 8, false},
    {"BR", "55", "0", 10, 11, false}, {"BY", "375", "8", 9, 9, false},
    {"CA", "1", "1", 10, 10, false},  {"CD", "243", "0", 9, 9, false},
    {"CH", "41", "0", 9, 9, false},   {"CI", "225", "", 8, 10, false},
    {"CL", "56", "", 9, 9, false},    {"CM", "237", "", 8, 9, false},
    {"CN", "86", "0", 10, 11, false}, {"CO", "57", "", 8, 10, false},
    {"CR", "506", "", 8, 8, false},   {"CY", "357", "", 8, 8, false},
    {"CZ", "420", "", 9, 9, false},   {"DE", "49", "0", 7, 12, false},
    {"DK", "45", "", 8, 8, false},    {"DZ", "213", "0", 8, 9, false},
    {"EC", "593", "0", 8, 9, false},  {"EE", "372", "", 7, 8, false},
    {"EG", "20", "0", 8, 10, true},   {"ES", "34", "", 9, 9, false},
    {"ET", "251", "0", 9, 9, false},  {"FI", "358", "0", 6, 11, false},
    {"FR", "33", "0", 9, 9, false},   {"GA", "241", "0", 7, 8, false},
    {"GB", "44", "0", 9, 10, false},  {"GH", "233", "0", 9, 9, false},
    {"GN", "224", "", 9, 9, false},   {"GR", "30", "", 10, 10, false},
    {"GT", "502", "", 8, 8, false},   {"HK", "852", "", 8, 8, false},
    {"HN", "504", "", 8, 8, false},   {"HR", "385", "0", 8, 9, false},
    {"HU", "36", "06", 8, 9, false},  {"ID", "62", "0", 8, 12, false},
    {"IE", "353", "0", 7, 9, false},  {"IL", "972", "0", 8, 9, false},
    {"IN", "91", "0", 10, 10, false}, {"IQ", "964", "0", 8, 10, true},
    {"IR", "98", "0", 10, 10, false}, {"IS", "354", "", 7, 7, false},
    {"IT", "39", "", 8, 11, false},   {"JO", "962", "0", 8, 9, true},
    {"JP", "81", "0", 9, 10, false},  {"KE", "254", "0", 9, 9, false},
    {"KR", "82", "0", 8, 10, false},  {"KW", "965", "", 8, 8, true},
    {"LB", "961", "0", 7, 8, true},   {"LK", "94", "0", 9, 9, false},
    {"LT", "370", "0", 8, 8, false},  {"LU", "352", "", 6, 9, false},
    {"LV", "371", "", 8, 8, false},   {"LY", "218", "0", 8, 9, false},
    {"MA", "212", "0", 9, 9, false},  {"MD", "373", "0", 8, 8, false},
    {"ML", "223", "", 8, 8, false},   {"MR", "222", "", 8, 8, false},
    {"MT", "356", "", 8, 8, false},   {"MX", "52", "", 10, 10, false},
    {"MY", "60", "0", 8, 10, false},  {"NE", "227", "", 8, 8, false},
    {"NG", "234", "0", 8, 10, false}, {"NI", "505", "", 8, 8, false},
    {"NL", "31", "0", 9, 9, false},   {"NO", "47", "", 8, 8, false},
    {"NZ", "64", "0", 8, 10, false},  {"OM", "968", "", 8, 8, true},
    {"PA", "507", "", 7, 8, false},   {"PE", "51", "0", 8, 9, false},
    {"PH", "63", "0", 9, 10, false},  {"PK", "92", "0", 9, 10, false},
    {"PL", "48", "", 9, 9, false},    {"PS", "970", "0", 8, 9, true},
    {"PT", "351", "", 9, 9, false},   {"PY", "595", "0", 8, 9, false},
    {"QA", "974", "", 8, 8, true},    {"RO", "40", "0", 9, 9, false},
    {"RS", "381", "0", 8, 9, false},  {"RU", "7", "8", 10, 10, false},
    {"SA", "966", "0", 8, 9, true},   {"SD", "249", "0", 9, 9, true},
    {"SE", "46", "0", 7, 9, false},   {"SG", "65", "", 8, 8, false},
    {"SI", "386", "0", 8, 8, false},  {"SK", "421", "0", 9, 9, false},
    {"SN", "221", "", 9, 9, false},   {"SV", "503", "", 8, 8, false},
    {"SY", "963", "0", 8, 9, true},   {"TG", "228", "", 8, 8, false},
    {"TH", "66", "0", 8, 9, false},   {"TN", "216", "", 8, 8, false},
    {"TR", "90", "0", 10, 10, false}, {"TZ", "255", "0", 9, 9, false},
    {"UA", "380", "0", 9, 9, false},  {"UG", "256", "0", 9, 9, false},
    {"US", "1", "1", 10, 10, false},  {"UY", "598", "0", 8, 8, false},
    {"VE", "58", "0", 10, 10, false}, {"VN", "84", "0", 9, 10, false},
    {"YE", "967", "0", 7, 9, true},   {"ZA", "27", "0", 9, 9, false},
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
