/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_SPELLING_H
#define MATCH_SPELLING_H

#include "base/buf.h"
#include "register/register.h"

/*
 * How the names of one field are spelt. The key of a name is what several spellings have in common,
 * and of some keys several names: Miles and Mills, Horne and Heron. Who agrees on the key may be
 * told by the letters, as far as a table writes names as the register does, which EM learns.
 */
struct spellings {
    const struct field *field;   /* borrowed */
    uint32_t *of_value;          /* by value; owned */
    uint32_t *facts;             /* by key: how many facts have it; owned */
    struct spelling_slot *slots; /* how many facts of a key are spelt so; a hash table; owned */
    size_t slot_count;           /* a power of two */
};

/* The spelling of a name: its folded words in any order. Never 0. `scratch` is emptied. */
uint32_t spelling_of(struct slice name, struct buf *scratch);

/* Of a field of names that is in memory as a whole and holds texts. On failure `spellings` may be
 * cleared as well as on success. */
int spellings_init(struct spellings *spellings, const struct field *field,
                   struct tq_error *err) MUST_CHECK;
void spellings_clear(struct spellings *spellings);

/* Of somebody who holds the key, the chance that it is spelt so; below 1. 0: nobody spells it so,
 * whoever is meant, which speaks for none of them. */
double spellings_chance(const struct spellings *spellings, uint32_t key, uint32_t spelling);

/* Whether the subject holds the key in this spelling. */
bool spellings_held(const struct spellings *spellings, uint32_t subject, uint32_t key,
                    uint32_t spelling);

#endif
