/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CLI_EXPORT_FILE_H
#define CLI_EXPORT_FILE_H

#include "report/export.h"

/* TQ_E_USAGE if `path` is one of the files that make the case in `folder`. */
int export_check_target(const char *folder, const char *path, struct tq_error *err) MUST_CHECK;

/* Write one export to `path`: whole, or not at all. */
int export_to_file(struct case_store *store, const struct export_kind *kind, enum row_format format,
                   const char *path, struct tq_error *err) MUST_CHECK;

#endif
