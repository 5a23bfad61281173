/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_DECISION_H
#define MATCH_DECISION_H

#include "match/linker.h"

/* Decide the record that `linker` has examined last: posterior, veto, second subject. */
struct link decision_make(const struct linker *linker, const struct match_model *model);

/* Append who else the record may be about, and how likely, unless that is settled. `link` is what
 * decision_make() says of it. */
int decision_contenders(const struct linker *linker, const struct match_model *model,
                        const struct link *link, uint32_t record, struct contender_list *list,
                        struct tq_error *err) MUST_CHECK;

/* The link of a record of a table of which nothing is read. */
struct link decision_unread(void);

#endif
