/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_LANGUAGE_H
#define MODEL_LANGUAGE_H

#include <stdbool.h>

/* The languages of reports, and of the texts that an institution's own rules bring along. */
enum language {
    LANGUAGE_EN,
    LANGUAGE_FR,
    LANGUAGE_AR,
    LANGUAGE_COUNT
};

/* From "en", "fr" or "ar"; false for any other. */
bool language_parse(const char *code, enum language *out_language);
const char *language_code(enum language language);
bool language_is_right_to_left(enum language language);

#endif
