/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_DATE_COLUMNS_H
#define READING_DATE_COLUMNS_H

#include "reading/sample.h"

/*
 * Dates whose year, month and day stand in columns of their own, next to each other or not, and
 * periods of a year and a month. Each part alone says little or nothing; together they may be what
 * names somebody. List the sets of columns whose numbers can be such parts and, together, are dates
 * that the register has; they become columns of the sample, behind those of the table, before
 * anything is read. Which of them is meant is decided as for any column: by the linked subjects.
 */
int date_columns_find(const struct sample *sample, struct derived_list *list,
                      struct tq_error *err) MUST_CHECK;

/*
 * Of the dates that are read fully and share a column keep that which explains most. Their parts
 * are read by themselves no longer: they would say the same again.
 */
void date_columns_settle(const struct table *table, struct reading *reading);

#endif
