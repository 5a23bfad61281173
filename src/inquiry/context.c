/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "inquiry/context.h"

void inquiry_report(const struct inquiry *inquiry, const char *stage, uint64_t done, uint64_t total,
                    const char *unit)
{
    const struct inquiry_progress progress = {stage, done, total, unit};

    if (inquiry->request->progress)
        inquiry->request->progress(inquiry->request->state, &progress);
}
