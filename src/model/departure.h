/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_DEPARTURE_H
#define MODEL_DEPARTURE_H

#include <stdint.h>

#include "base/slice.h"

/* A value of a document that stands otherwise than at the same place of the others of its
 * template, or is written in other letters. */
enum departure_kind {
    DEPARTURE_ACROSS, /* its edge is to the left or right of the usual */
    DEPARTURE_DOWN,   /* its line is above or below the usual */
    DEPARTURE_STYLE   /* another font, subset or size */
};

#define DEPARTURES_MAX 16u /* of one document: the first ones tell the story */

struct departure {
    uint32_t exhibit;
    enum departure_kind kind;
    uint32_t page;
    struct slice text, label; /* of the value, and of its label: both from the page */
    float points;             /* to the right, or down */
    uint32_t style, usual;    /* word_style.h */
    uint32_t alike, of;       /* of so many values of a sample so many are usual */
};

struct departures {
    struct departure items[DEPARTURES_MAX];
    uint32_t count;
};

#endif
