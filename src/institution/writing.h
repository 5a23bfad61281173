/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INSTITUTION_WRITING_H
#define INSTITUTION_WRITING_H

#include "institution/institution.h"

/* How one leaked table writes values; drawn by the seed. */
struct hand {
    bool upper;       /* names in capitals */
    bool bare;        /* and without accents */
    bool comma;       /* a comma after a family name that stands first */
    bool masks_year;  /* two digits of birth years are starred */
    unsigned phone;   /* 0: +999612345678; 1: 00999 612 345 678; 2: (+999) 612-345-678 */
    bool groups;      /* accounts in groups of four */
    const char *date; /* as "d/m/y" */
    bool decimal_comma;
    enum encoding encoding;
};

struct hand hand_draw(const struct institution *institution, unsigned leak);

/* A date YYYY-MM-DD in the order and with the separators of `shape`. */
void writing_add_date(struct buf *out, struct slice date, const char *shape, bool masked);

/* A value of the register, other than a name, as the column has it. */
void writing_add(struct buf *out, const struct column *column, const struct trait *trait,
                 struct slice value, const struct hand *hand);

/* Parts of a name, joined; those that are empty are left out. */
void writing_add_name(struct buf *out, const struct slice *parts, size_t count, bool family_first,
                      const struct hand *hand);

#endif
