/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/snapshot.h"

#include <stdlib.h>

void dating_clear(struct dating *dating)
{
    free(dating->curve_at);
    free(dating->curve_log);
    *dating = (struct dating){0};
}
