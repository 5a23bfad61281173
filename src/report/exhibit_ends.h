/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_EXHIBIT_ENDS_H
#define REPORT_EXHIBIT_ENDS_H

#include "store/case_store.h"

/*
 * How the exhibits of a case ended, each in the first of these ways that holds; those whose bytes
 * stand under another path as well are counted once. What was not read is told beside: pages that
 * are pictures and were left by the budget of OCR, and bytes of exhibits that gave nothing but a
 * note.
 */
enum exhibit_end {
    EXHIBIT_ENDED_AS_RECORDS, /* rows of its own tables */
    EXHIBIT_ENDED_AS_TEXT,    /* pages, laid out as documents or searched for subjects */
    EXHIBIT_ENDED_AS_MEMBERS, /* other exhibits came out of it */
    EXHIBIT_ENDED_AS_NOTE,    /* which says why it gave nothing */
    EXHIBIT_ENDED_EMPTY,      /* read, and there was nothing in it, or only about other exhibits */
    EXHIBIT_NOT_READ_YET,
    EXHIBIT_END_COUNT
};

struct exhibit_ends {
    uint64_t exhibits[EXHIBIT_END_COUNT];
    uint64_t locked; /* exhibits that are, or hold, what no password opened */
    uint64_t bytes_unread;
    uint64_t pictures, pictures_granted; /* pages; how many OCR was given */
};

int exhibit_ends_count(struct case_store *store, const struct exhibit_list *exhibits,
                       struct exhibit_ends *out_ends, struct tq_error *err) MUST_CHECK;

/* As members of a JSON object, without braces: "ends", "locked", "bytes_unread", "ocr". */
void exhibit_ends_json(const struct exhibit_ends *ends, struct buf *out);

#endif
