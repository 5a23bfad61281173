/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* An XMP packet of any bytes gives texts that are short, and that the parent can read back. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "extract/pdf_xmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct document_metadata found, read;
    struct buf text = {0};

    pdf_xmp_read(slice_make((const char *)data, size), &found);
    for (unsigned i = 0; i < METADATA_PARTS; i++) {
        if (strlen(found.texts[i]) > DOCUMENT_METADATA_BYTES)
            abort();
    }
    document_metadata_format(&found, &text);
    if (text.failed == TQ_OK && !document_metadata_parse(buf_slice(&text), &read))
        abort();
    (void)document_metadata_parse(slice_make((const char *)data, size), &read);
    buf_clear(&text);
    return 0;
}
