/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INQUIRY_INQUIRY_H
#define INQUIRY_INQUIRY_H

#include "base/error.h"
#include "ledger/ledger.h"
#include "model/password_list.h"
#include "register/register.h"
#include "rules/binding.h"
#include "store/case_store.h"

/* Where an inquiry stands, for a progress line. */
struct inquiry_progress {
    const char *stage;    /* "extract", "layout", "read", "link", "date", "judge", "count" */
    uint64_t done, total; /* of `unit`; total 0: unknown */
    const char *unit;     /* "exhibits", "documents", "tables", "records" */
};

struct inquiry_request {
    struct case_store *store; /* open for writing, not closed */
    struct ledger *ledger;
    const struct reg *reg;
    const struct rule_binding *rules;      /* what records are held against, too; NULL: no rules */
    const char *rules_name;                /* for the ledger */
    const struct password_list *passwords; /* to try on what is encrypted; NULL: none */
    const char *reader_program;            /* NULL: found beside the running program */
    const char *ocr_program;               /* likewise */
    uint64_t ocr_pages_max;                /* pages that are read by OCR, at most */
    unsigned jobs;
    void (*progress)(void *state, const struct inquiry_progress *progress); /* may be NULL */
    void *state;
};

struct inquiry_summary {
    uint64_t exhibits, tables, records;
    uint64_t pictures, pictures_unread; /* pages; the latter for want of budget */
    uint64_t verdicts[RECORD_VERDICT_COUNT];
};

/*
 * Examine the case: read what was not read yet, then layout, reading, match, dating, verdict and
 * counting over all of it, and replace the results. Safe to kill at any moment; running it again
 * gives what an undisturbed run gives.
 */
int inquiry_examine(const struct inquiry_request *request, struct inquiry_summary *out_summary,
                    struct tq_error *err) MUST_CHECK;

#endif
