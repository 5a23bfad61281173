/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_RECAPTURE_VIEW_H
#define REPORT_RECAPTURE_VIEW_H

#include "base/arena.h"
#include "model/language.h"
#include "model/recapture.h"
#include "store/case_store.h"

/* What the overlap of several finders says, in the order of kinds. */
struct recapture_view {
    struct recapture_row *items; /* owned; sources in the arena */
    size_t count, capacity;
    struct arena texts;
};

int recapture_view_open(struct case_store *store, struct recapture_view *out_view,
                        struct tq_error *err) MUST_CHECK;
void recapture_view_close(struct recapture_view *view);

/* What a report says of it. */
enum recapture_text {
    RECAPTURE_TEXT_TITLE,
    RECAPTURE_TEXT_LEAD,
    RECAPTURE_TEXT_FINDERS,
    RECAPTURE_TEXT_ALL,
    RECAPTURE_TEXT_FIRST,
    RECAPTURE_TEXT_SECOND,
    RECAPTURE_TEXT_TWICE,
    RECAPTURE_TEXT_SEEN,
    RECAPTURE_TEXT_ESTIMATE,
    RECAPTURE_TEXT_REMARK,
    RECAPTURE_TEXT_UNEVEN,
    RECAPTURE_TEXT_BY_PARTS,
    RECAPTURE_TEXT_COUNT
};

const char *recapture_text(enum language language, enum recapture_text which);

/* Why an estimate cannot be used; "" where it can. */
const char *recapture_status_text(enum language language, enum recapture_status status);

#endif
