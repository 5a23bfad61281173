/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_FORGE_H
#define DRILL_FORGE_H

#include "drill/claim.h"

/* What was done to a record on its way into the leak (domain.md section 1). */
enum treatment {
    TREAT_AUTHENTIC,
    TREAT_STALE,
    TREAT_INCOMPLETE,
    TREAT_ALTERED_ONE,
    TREAT_ALTERED_SEVERAL,
    TREAT_MISATTRIBUTED,
    TREAT_FABRICATED_RIGHT, /* with right check digits */
    TREAT_FABRICATED_WRONG, /* without */
    TREAT_OUTSIDER,
    TREAT_DUPLICATE,
    TREATMENTS
};

/* Shares in parts of 10,000; drawn from the seed, so that nobody tunes to one. */
struct mixture {
    uint32_t parts[TREATMENTS];
};

struct mixture mixture_draw(const struct world *world);
enum treatment mixture_pick(const struct mixture *mixture, struct dice *dice);

/*
 * Change the value into one that the register never held for the subject and that is nobody
 * else's: its verdict becomes CELL_CONTRADICTS. False (claim as it was) if that cannot be done.
 * Shown anew by the caller.
 */
bool forge_alter(const struct world *world, struct subject subject, struct claim *claim,
                 struct dice *dice);

/* Alter one claim, or two to three; at most one that names the subject. */
void forge_alter_some(const struct world *world, struct subject subject, struct claim *claims,
                      size_t count, bool several, struct dice *dice);

/* Cut what is shown, or empty it: CELL_TRUNCATED, CELL_MISSING. One claim of the record. */
void forge_spoil(struct claim *claims, size_t count, struct dice *dice);

/* Put other persons' (employers') values into the record: CELL_OTHER_SUBJECT. */
bool forge_misattribute(const struct world *world, struct subject subject, struct claim *claims,
                        size_t count, struct dice *dice);

/* Turn the claims of a real subject into those of nobody; verdicts become CELL_UNKNOWN. */
void forge_fabricate(const struct world *world, struct subject subject, bool right_keys,
                     struct claim *claims, size_t count, struct dice *dice);

/* Another spelling of a shown name, if the name has one and the claim agrees: CELL_VARIANT. */
void forge_respell(const struct world *world, const struct person *person, struct claim *claim,
                   const struct style *style, struct dice *dice);

#endif
