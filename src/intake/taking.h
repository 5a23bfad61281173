/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INTAKE_TAKING_H
#define INTAKE_TAKING_H

#include <sys/stat.h>

#include "base/error.h"
#include "intake/intake.h"
#include "ledger/ledger.h"
#include "store/case_store.h"

/*
 * Files on their way into custody. They are copied one by one and recorded in groups: first the
 * bytes are synced into the vault, then the ledger entries are written and synced, then the
 * exhibits are committed. A process that is killed in between has recorded some files and not the
 * others, and the next one takes these.
 */
struct taking;

int taking_new(struct case_store *store, struct ledger *ledger,
               const struct intake_request *request, struct taking **out_taking,
               struct tq_error *err) MUST_CHECK;
struct taking *taking_free(struct taking *taking); /* what was not flushed is forgotten */

/* Where a file is, and what it is called below its evidence root. */
struct taking_source {
    struct slice path;
    struct slice origin; /* absolute path of the root, or of the file if `path` is not below it */
    bool below_origin;   /* `path` is to be added to `origin` */
    int folder_fd;
    const char *name; /* in that folder */
};

/* Copy a regular file. What is odd about it becomes a note. */
int taking_add_file(struct taking *taking, const struct taking_source *source,
                    struct tq_error *err) MUST_CHECK;

/* Record something that has no bytes of its own to take; `note` says why. */
int taking_add_empty(struct taking *taking, const struct taking_source *source, struct slice note,
                     struct tq_error *err) MUST_CHECK;

/* Record what is pending. */
int taking_flush(struct taking *taking, struct tq_error *err) MUST_CHECK;

struct intake_summary taking_summary(const struct taking *taking);

#endif
