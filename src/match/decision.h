/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_DECISION_H
#define MATCH_DECISION_H

#include "match/linker.h"

/* Decide the record that `linker` has examined last: posterior, veto, second subject. */
struct link decision_make(const struct linker *linker, const struct match_model *model);

/* The link of a record of a table of which nothing is read. */
struct link decision_unread(void);

#endif
