/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/labelled_text.h"

#include "base/utf8.h"
#include "extract/codepage.h"
#include "extract/legacy_text.h"
#include "extract/multibyte.h"

#define SURE_BYTES 8u /* as many beyond ASCII are hardly UTF-8 by chance */

/* Whether it is UTF-8, whatever a label says. */
static bool is_surely_utf8(struct slice bytes)
{
    size_t beyond = 0;

    for (size_t i = 0; i < bytes.length && beyond < SURE_BYTES; i++)
        beyond += (unsigned char)bytes.data[i] >= 0x80;
    return beyond == SURE_BYTES && utf8_is_valid(bytes);
}

void labelled_text_add(struct buf *out, struct slice bytes, struct slice label)
{
    const struct multibyte *encoding = label.length > 0 ? multibyte_find(label) : NULL;

    if (encoding && !is_surely_utf8(bytes) && multibyte_add(out, bytes, encoding))
        return;
    legacy_text_add(out, bytes, label.length > 0 ? codepage_find(label) : NULL);
}
