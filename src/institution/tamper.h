/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INSTITUTION_TAMPER_H
#define INSTITUTION_TAMPER_H

#include "institution/row.h"

/* What is done to the parts of a row's cells before they are shown, and to what is shown. Each
 * changes the verdicts of the cells that it touches, and nothing when it cannot be done. */

/* One cell, or some, get values that the register never held for the member and that are nobody
 * else's (values that many have excepted): contradicts. `ghosts`: number of the first. */
void tamper_alter(struct row *row, uint32_t ghosts, struct dice *dice);

/* Values of another member: other-subject where hardly anybody shares them. */
void tamper_misattribute(struct row *row, int32_t moment, struct dice *dice);

/* One cell is emptied, cut or has a letter lost: missing or truncated. After showing. */
void tamper_spoil(struct row *row, struct dice *dice);

/*
 * One name in another spelling: a slip of one letter, another custom of writing, names in another
 * order (variant); a name left out or only its initial (truncated). The rules are the profile's
 * own, not those by which names are compared.
 */
void tamper_respell(struct row *row, struct dice *dice);

#endif
