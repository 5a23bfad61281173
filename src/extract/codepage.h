/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_CODEPAGE_H
#define EXTRACT_CODEPAGE_H

#include <stdint.h>

#include "base/slice.h"

/*
 * Single-byte encodings: what the bytes 0x80..0xFF mean (0: nothing). The tables are the Unicode
 * Consortium's mappings. They are in the program because the sandboxed reader may not open the
 * files that iconv() wants.
 */
struct codepage {
    const char *name; /* IANA */
    uint16_t upper[128];
};

/*
 * The encoding under which the bytes of `sample` read most like words: letters beside letters of
 * the same script, no capitals inside words, no symbols between letters. Ties go to the commoner
 * encoding. `sample` holds lines that are not valid UTF-8. Never NULL; windows-1252 (which
 * includes ISO-8859-1) when nothing tells.
 */
const struct codepage *codepage_guess(struct slice sample);

/* The one that a label means ("cp1256", "latin1", "x-mac-roman", in any case), or NULL. */
const struct codepage *codepage_find(struct slice label);

#endif
