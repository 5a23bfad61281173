/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Databases of Access. Input that is no database is a list of changes to one, four bytes each:
 * where, and what stands there then. */
#include "../unit/extract/access_sample.h"
#include "fuzz_extract.h"
#include "fuzz_process.h"

#define CHANGE_BYTES 4u

static void read_one(const uint8_t *data, size_t size)
{
    struct buf file = {0};

    if (size >= CHANGE_BYTES && memcmp(data, "\0\1\0", 4) == 0) {
        (void)fuzz_format(&format_access, data, size);
        return;
    }
    file = make_database();
    for (size_t i = 0; i + CHANGE_BYTES <= size; i += CHANGE_BYTES) {
        size_t at = data[i] | (size_t)data[i + 1] << 8 | (size_t)data[i + 2] << 16;

        file.data[at % file.length] = (char)data[i + 3];
    }
    (void)fuzz_format(&format_access, (const uint8_t *)file.data, file.length);
    buf_clear(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_process(read_one, data, size);
}
