/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_DOCUMENT_METADATA_H
#define MODEL_DOCUMENT_METADATA_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/*
 * What a PDF says of itself a second time, in its XMP packet. The sandboxed reader writes it as one
 * fact of the exhibit; the parent reads it back, and believes nothing.
 */
#define DOCUMENT_METADATA_FACT  "pdf.xmp"
#define DOCUMENT_METADATA_BYTES 160u /* of each text */

enum metadata_part {
    METADATA_PRODUCER,
    METADATA_CREATOR,
    METADATA_CREATED,
    METADATA_MODIFIED,
    METADATA_TITLE,
    METADATA_PARTS
};

struct document_metadata {
    char texts[METADATA_PARTS][DOCUMENT_METADATA_BYTES + 1]; /* UTF-8 as it comes; "": not said */
};

bool document_metadata_is_empty(const struct document_metadata *metadata);

/* Add the parts with tabs between them; white space in them becomes spaces. */
void document_metadata_format(const struct document_metadata *metadata, struct buf *out);
/* False, and nothing changed, if `text` is not of this form. */
bool document_metadata_parse(struct slice text, struct document_metadata *out_metadata);

#endif
