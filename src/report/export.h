/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_EXPORT_H
#define REPORT_EXPORT_H

#include <stdio.h>

#include "report/line_writer.h"
#include "store/case_store.h"

/*
 * The exports: the contract of DESIGN section 8, and what consistency rules say. Each writes all
 * its rows, in the order of the contract. TQ_E_USAGE if the case was not examined yet.
 */
struct export_kind {
    const char *name;    /* "records", "subjects", ... */
    const char *summary; /* for the help */
    int (*write)(struct case_store *store, FILE *file, enum row_format format,
                 struct tq_error *err);
};

/* NULL if there is none of that name. */
const struct export_kind *export_find(const char *name);
size_t export_count(void);
const struct export_kind *export_at(size_t number);

#endif
