/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CLI_RECORD_TEXT_H
#define CLI_RECORD_TEXT_H

#include "report/case_view.h"

/*
 * The published values of one record, found again in the extracted rows. Start with {0};
 * record_text_close() at the end. A record whose rows cannot be found (free text) has none.
 */
struct record_text {
    struct batch_source source;
    void *scratch;
    const struct batch *batch;
    uint32_t row; /* of its first line */
    bool found, open;
};

int record_text_open(struct case_view *view, const struct record_place *place,
                     const struct record_finding *record, struct record_text *out_text,
                     struct tq_error *err) MUST_CHECK;
void record_text_close(struct record_text *text);

/* The value of a cell; empty if the rows were not found. */
struct slice record_text_cell(const struct record_text *text, const struct cell_finding *cell,
                              uint32_t column);

#endif
