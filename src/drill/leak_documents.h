/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_LEAK_DOCUMENTS_H
#define DRILL_LEAK_DOCUMENTS_H

#include "drill/leak_names.h"
#include "drill/truth.h"

/* request.documents salary certificates as PDF: three fifths in a zip, the rest as plain files. On
 * request.threads threads. */
int leak_documents_write(const struct world *world, const char *leak,
                         const struct leak_names *names, struct truth *truth,
                         struct tq_error *err) MUST_CHECK;

#endif
