/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>

#include "extract/pdf_structure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes have a structure that survives the way to the parent, and revisions end in order. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct document_structure again;
    struct pdf_structure structure;
    struct buf written = {0};

    pdf_structure_scan(slice_make((const char *)data, size), &structure);
    for (uint32_t i = 0; i < structure.found.revisions; i++) {
        if (structure.ends[i] > size || (i > 0 && structure.ends[i] <= structure.ends[i - 1]))
            abort();
    }
    document_structure_format(&structure.found, &written);
    if (written.failed == TQ_OK && !document_structure_parse(buf_slice(&written), &again))
        abort();
    buf_clear(&written);
    return 0;
}
