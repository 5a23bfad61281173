/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/recapture.h"

const char *recapture_status_name(enum recapture_status status)
{
    static const char *const names[RECAPTURE_STATUS_COUNT] = {
        [RECAPTURE_USABLE] = "usable",
        [RECAPTURE_COPIED] = "copied",
        [RECAPTURE_CONTAINED] = "contained",
        [RECAPTURE_TOO_FEW] = "too-few",
    };

    return status < RECAPTURE_STATUS_COUNT ? names[status] : "";
}
