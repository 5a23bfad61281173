/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_COMPARE_H
#define REGISTER_COMPARE_H

#include "register/register.h"

/* Of two sets, the older and the newer. */
struct set_change {
    uint64_t added, removed, kept;
};

struct kind_change {
    const char *name; /* borrowed from one of the registers */
    bool in_old, in_new;
    struct set_change subjects;
};

/*
 * A fact is the same in both if subject, period, value and the beginnings of its intervals are.
 * `closed`: an interval that had no end has one now, and nothing else of its ends changed;
 * `changed`: its ends are others in another way (corrected, opened again). Neither is among
 * `facts.kept`, so all facts of the older are removed, kept, closed or changed.
 */
struct field_change {
    const char *kind, *name; /* borrowed */
    bool in_old, in_new;
    struct set_change values; /* distinct ones */
    struct set_change facts;
    uint64_t closed, changed;
};

struct register_change {
    struct kind_change *kinds; /* owned; those of the older register, then new ones */
    size_t kind_count;
    struct field_change *fields; /* owned; likewise */
    size_t field_count;
};

/*
 * What changed from one register to a newer one, in counts: kinds and fields are the same if their
 * names are. Texts and facts of both are gone through once, in their order, and not kept: 4 bytes
 * for each value and subject are.
 * TQ_E_USAGE: one holds fingerprints only, and the other values or fingerprints under another key.
 * register_change_clear() at the end.
 */
int register_compare(const struct reg *older, const struct reg *newer,
                     struct register_change *out_change, struct tq_error *err) MUST_CHECK;
void register_change_clear(struct register_change *change);

#endif
