/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_LEAK_NAMES_H
#define DRILL_LEAK_NAMES_H

#include "drill/world.h"

/* Neutral names for the files of a leak, drawn from the seed; static strings. Paths below the
 * leak. */
struct leak_names {
    const char *persons, *companies, *declarations, *certificates_archive, *certificates_folder;
    const char *inner_archive; /* the tar within the declarations' zip */
};

struct leak_names leak_names_draw(const struct world *world);

#endif
