/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INQUIRY_MOSAIC_H
#define INQUIRY_MOSAIC_H

#include "inquiry/table_examination.h"

/* Once a table is judged: its sources, and what is kept of it for the coverage of all tables. */
int mosaic_add_table(struct examination *examination, struct tq_error *err) MUST_CHECK;

/* How its values are written; of every table, read or not. */
int mosaic_add_form(struct examination *examination, struct tq_error *err) MUST_CHECK;

#endif
