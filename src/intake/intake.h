/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "base/error.h"
#include "ledger/ledger.h"
#include "store/case_store.h"

struct intake_request {
    const char *const *evidence; /* files and folders */
    size_t evidence_count;
    const char *source; /* --source, or NULL */
    const char *by;     /* --by, or NULL: the login name */
    void (*progress)(void *state, uint64_t files, uint64_t bytes); /* may be NULL */
    void *state;
};

struct intake_summary {
    uint64_t files, bytes, known; /* known: were in the case already */
    uint64_t noted;               /* taken with a note, or passed over with one */
};

/*
 * Take evidence into custody: copy into the vault while hashing, record path, size, digest, source,
 * who and when, and write the ledger entry before anything parses the bytes. Folders are walked in
 * bytewise order without recursion; symbolic links, devices, sockets and unreadable files become
 * exhibits of no bytes with a note that says why. The case folder itself is passed over. A missing
 * evidence argument is an error before anything is taken. Taking the same file again changes
 * nothing.
 */
int intake_take(struct case_store *store, struct ledger *ledger,
                const struct intake_request *request, struct intake_summary *out_summary,
                struct tq_error *err) MUST_CHECK;

#endif
