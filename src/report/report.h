/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "store/case_store.h"

/*
 * Write report.html (one self-contained page: no network, no script) and report.json into the
 * existing folder `folder`. `language`: "fr", "ar" or "en"; TQ_E_USAGE for any other. Values of the
 * evidence are masked. The same case gives the same bytes.
 */
int report_write(struct case_store *store, const char *folder, const char *language,
                 struct tq_error *err) MUST_CHECK;

/* TQ_E_USAGE unless reports are written in this language: asked before an examination of hours. */
int report_check_language(const char *language, struct tq_error *err) MUST_CHECK;

#endif
