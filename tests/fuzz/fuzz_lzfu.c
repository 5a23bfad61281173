/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdbool.h>
#include <stdint.h>

#include "extract/lzfu.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf out = {0};
    struct tq_error err;
    bool whole;
    int r = lzfu_decode(slice_make((const char *)data, size), 1 << 20, &out, &whole, &err);

    (void)r;
    buf_clear(&out);
    return 0;
}
