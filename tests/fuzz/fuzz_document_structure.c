/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>

#include "model/document_structure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever a reader says of a document is refused, or is what is written again from it. */
static void check_structure(struct slice text)
{
    struct document_structure structure, again;
    struct buf written = {0};

    if (!document_structure_parse(text, &structure))
        return;
    document_structure_format(&structure, &written);
    if (written.failed == TQ_OK && !document_structure_parse(buf_slice(&written), &again))
        abort();
    buf_clear(&written);
}

static void check_edit(struct slice text)
{
    struct document_edit edit, again;
    struct buf written = {0};

    if (!document_edit_parse(text, &edit))
        return;
    document_edit_format(&edit, &written);
    if (written.failed == TQ_OK && !document_edit_parse(buf_slice(&written), &again))
        abort();
    buf_clear(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_make((const char *)data, size);

    check_structure(text);
    check_edit(text);
    return 0;
}
