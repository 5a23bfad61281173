/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_LABELLED_LINE_H
#define EXTRACT_LABELLED_LINE_H

#include <stdbool.h>

#include "base/slice.h"

/* "Nom: RAMI", "ville = Fes", "salaire | 3000": one value with its name, on a line of its own. */
bool labelled_line_split(struct slice line, struct slice *out_name, struct slice *out_value);

/* A line that parts records: drawn ("-----", "*** 2. row ***"), or in brackets. */
bool labelled_line_parts(struct slice line);

/*
 * "nom=RAMI ville=Fes", "nom: RAMI, ville: Fes": many values on a line. Takes the first from the
 * rest of the line: a value ends where the next name begins. False if no name is there.
 */
bool labelled_line_take(struct slice *rest, struct slice *out_name, struct slice *out_value);

/* How text shows records as names and values. */
enum labelled_form {
    LABELLED_NONE,
    LABELLED_BLOCKS, /* a value a line */
    LABELLED_LINES,  /* a record a line */
};

/*
 * Whether the beginning of a text is such: at least three records, most of whose names come again.
 * A list of other things ("user:password") has names that do not.
 */
enum labelled_form labelled_form_of(struct slice sample);

#endif
