/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_EXPORTS_H
#define REPORT_EXPORTS_H

#include "report/export.h"

/* One function per export, listed in export.c. */
int export_records(struct case_store *store, FILE *file, enum row_format format,
                   struct tq_error *err) MUST_CHECK;
int export_subjects(struct case_store *store, FILE *file, enum row_format format,
                    struct tq_error *err) MUST_CHECK;
int export_exhibits(struct case_store *store, FILE *file, enum row_format format,
                    struct tq_error *err) MUST_CHECK;
int export_readings(struct case_store *store, FILE *file, enum row_format format,
                    struct tq_error *err) MUST_CHECK;
int export_snapshots(struct case_store *store, FILE *file, enum row_format format,
                     struct tq_error *err) MUST_CHECK;
int export_counts(struct case_store *store, FILE *file, enum row_format format,
                  struct tq_error *err) MUST_CHECK;
int export_signs(struct case_store *store, FILE *file, enum row_format format,
                 struct tq_error *err) MUST_CHECK;
int export_mosaic(struct case_store *store, FILE *file, enum row_format format,
                  struct tq_error *err) MUST_CHECK;
int export_pdf_signs(struct case_store *store, FILE *file, enum row_format format,
                     struct tq_error *err) MUST_CHECK;
int export_pdf_clusters(struct case_store *store, FILE *file, enum row_format format,
                        struct tq_error *err) MUST_CHECK;
int export_recapture(struct case_store *store, FILE *file, enum row_format format,
                     struct tq_error *err) MUST_CHECK;
int export_rules(struct case_store *store, FILE *file, enum row_format format,
                 struct tq_error *err) MUST_CHECK;
int export_breaks(struct case_store *store, FILE *file, enum row_format format,
                  struct tq_error *err) MUST_CHECK;

#endif
