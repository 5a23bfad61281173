/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/document_sign.h"

const char *document_sign_name(enum document_sign sign)
{
    static const char *const names[DOCUMENT_SIGN_COUNT] = {
        [DOCUMENT_UPDATED] = "updated",
        [DOCUMENT_APPENDED] = "appended",
        [DOCUMENT_ID_CHANGED] = "id-changed",
        [DOCUMENT_MODIFIED] = "modified-later",
        [DOCUMENT_PRODUCER] = "other-producer",
        [DOCUMENT_EDITOR] = "editor",
        [DOCUMENT_TIME_OFFSET] = "time-offset",
        [DOCUMENT_COVERED] = "covered-text",
        [DOCUMENT_OVERWRITTEN] = "text-over-text",
        [DOCUMENT_FONT] = "other-font",
        [DOCUMENT_SUBSETS] = "second-subset",
        [DOCUMENT_OFF_GRID] = "off-grid",
        [DOCUMENT_PAGE_SIZE] = "page-size",
        [DOCUMENT_STYLE] = "other-style",
        [DOCUMENT_METADATA] = "metadata",
    };

    return sign < DOCUMENT_SIGN_COUNT ? names[sign] : "";
}

const char *document_weight_name(enum document_weight weight)
{
    static const char *const names[WEIGHT_COUNT] = {"weak", "medium", "strong"};

    return weight < WEIGHT_COUNT ? names[weight] : "";
}
