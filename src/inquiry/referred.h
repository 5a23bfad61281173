/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INQUIRY_REFERRED_H
#define INQUIRY_REFERRED_H

#include "inquiry/table_examination.h"

/*
 * A column that refers to subjects of another kind than the table's is judged by nobody. Look up
 * all that its cells name in the register, and add them to the counts of the inquiry: they may be
 * affected (docs/counting.md). A step of judging: rows are open, and workers made.
 */
int referred_add(struct examination *examination, struct tq_error *err) MUST_CHECK;

#endif
