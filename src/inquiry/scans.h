/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INQUIRY_SCANS_H
#define INQUIRY_SCANS_H

#include "store/case_store.h"

/*
 * Which pages that are pictures are read by OCR. Reading one takes a second or two, so an inquiry
 * has a budget of pages. It is given out in rounds: the first picture of every exhibit, then the
 * second, and so on, in the order of their paths, so that one scanned book does not eat what a
 * thousand certificates need. The same evidence and budget give the same pages, whatever was read
 * before; a larger budget adds to those of a smaller one.
 */
struct scan {
    uint32_t position; /* in the list of exhibits */
    uint32_t wanted;   /* pages that are pictures */
    uint32_t granted;  /* of them, by the budget */
    bool settled;      /* what was granted before is `before`, and the exhibit was read so */
    uint32_t before;
};

struct scan_list {
    struct scan *items; /* owned; in the order of paths */
    size_t count, capacity;
};

void scan_list_clear(struct scan_list *list);

/* Exhibits that were read and have pages that are pictures, with what was granted before. */
int scan_list_load(struct scan_list *list, struct case_store *store,
                   const struct exhibit_list *exhibits, struct tq_error *err) MUST_CHECK;

/* Give out a budget. */
void scan_list_grant(struct scan_list *list, uint64_t pages_max);

/* Write down what was granted, and a note on the exhibit if that was not all. */
int scan_settle(struct case_store *store, uint32_t exhibit, const struct scan *scan,
                struct tq_error *err) MUST_CHECK;

#endif
