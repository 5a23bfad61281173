/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/language.h"

#include <string.h>

static const char *const codes[LANGUAGE_COUNT] = {"en", "fr", "ar"};

bool language_parse(const char *code, enum language *out_language)
{
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        if (strcmp(code, codes[i]) == 0) {
            *out_language = (enum language)i;
            return true;
        }
    }
    return false;
}

const char *language_code(enum language language)
{
    return codes[language];
}

bool language_is_right_to_left(enum language language)
{
    return language == LANGUAGE_AR;
}
