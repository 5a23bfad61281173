/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/document_metadata.h"

#include <string.h>

bool document_metadata_is_empty(const struct document_metadata *metadata)
{
    for (unsigned i = 0; i < METADATA_PARTS; i++) {
        if (metadata->texts[i][0] != '\0')
            return false;
    }
    return true;
}

void document_metadata_format(const struct document_metadata *metadata, struct buf *out)
{
    for (unsigned i = 0; i < METADATA_PARTS; i++) {
        if (i > 0)
            buf_add_byte(out, '\t');
        for (const char *at = metadata->texts[i]; *at; at++)
            buf_add_byte(out, (unsigned char)*at < ' ' ? ' ' : *at);
    }
}

bool document_metadata_parse(struct slice text, struct document_metadata *out_metadata)
{
    struct document_metadata made = {0};

    for (unsigned i = 0; i < METADATA_PARTS; i++) {
        const char *end = text.length ? memchr(text.data, '\t', text.length) : NULL;
        size_t length = end ? (size_t)(end - text.data) : text.length;

        if (length > DOCUMENT_METADATA_BYTES || (end != NULL) != (i + 1 < METADATA_PARTS)
            || (length > 0 && memchr(text.data, '\0', length)))
            return false;
        if (length > 0)
            memcpy(made.texts[i], text.data, length);
        text = slice_skip(text, length + (end != NULL));
    }
    *out_metadata = made;
    return true;
}
