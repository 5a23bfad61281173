/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_COLUMN_REDACTIONS_H
#define READING_COLUMN_REDACTIONS_H

#include "reading/sample.h"

/*
 * The redactions that a column of the sample may show: cut texts show one length much
 * more often than chance; masked ones have marks in most cells and show what nearly all of them
 * show; initials have words of one letter. `scratch` is emptied.
 */
int column_redactions_find(struct sample *sample, uint32_t column, struct buf *scratch,
                           struct tq_error *err) MUST_CHECK;

/* Whether a column that is redacted so may show values of a field of this type. */
bool column_redaction_serves(const struct sample_column *column, const struct redaction *redaction,
                             enum value_type type);

#endif
