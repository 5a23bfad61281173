/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LAYOUT_PLACEMENT_H
#define LAYOUT_PLACEMENT_H

#include "layout/extraction.h"
#include "model/departure.h"

/*
 * Where each value of a template stands, and in which letters: learnt from a sample of its
 * documents, so that the value which was typed anew stands out (docs/documents.md). Only words of a
 * known style (word_style.h) are looked at, so only those of PDF documents.
 */

/* A value, or the cell of a row. */
struct placement {
    uint64_t place;         /* slot_key() of its label, or a key of the table's column */
    float left, right, low; /* points from the left and lower edge of the label, or of the first
                               header; cells have no `low` */
    uint32_t style, page, document;
    bool is_cell;
    size_t at, length; /* in the extraction's text */
    uint32_t label;    /* segment */
};

/* Start with {0}. */
struct placements {
    struct placement *items; /* owned */
    size_t count, capacity;
};

void placements_clear(struct placements *placements);

/* Append those of a document that extraction_read() has read. */
int placements_gather(struct placements *placements, const struct extraction *extraction,
                      uint32_t document, struct tq_error *err) MUST_CHECK;

enum placement_edge {
    EDGE_NONE, /* nothing is usual */
    EDGE_LEFT,
    EDGE_RIGHT,
    EDGE_CENTRE
};

/* What at least nine tenths of the values of one place have alike. */
struct place_habit {
    uint64_t place;
    enum placement_edge edge;
    float across, low;
    bool has_low;
    uint32_t style; /* WORD_STYLE_NONE: none is usual */
    uint32_t across_alike, low_alike, style_alike, values, styled;
};

/* Start with {0}. */
struct place_habits {
    struct place_habit *items; /* by place; owned */
    size_t count;
};

/* `placements` is sorted on the way. A place that fewer than 8 documents have is none. */
int place_habits_learn(struct placements *placements, struct place_habits *out_habits,
                       struct tq_error *err) MUST_CHECK;
void place_habits_clear(struct place_habits *habits);

/*
 * What departs from the habits, in one document; nothing where most of it does: that is another
 * edition of the template. Texts are borrowed from `text`, which is replaced.
 */
int placements_compare(const struct placements *placements, const struct place_habits *habits,
                       const struct extraction *extraction, struct buf *text,
                       struct departures *out_departures, struct tq_error *err) MUST_CHECK;

#endif
