/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>

#include "register/description.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes are a description or give a complaint that names a place. The sample's tables name
 * /proc/self/exe as their file: it exists wherever this runs. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct description *description = NULL;
    struct tq_error err = {0};
    int r = description_parse(slice_make((const char *)data, size), "register.yaml", &description,
                              &err);

    if (r < 0 && (description || err.message[0] == '\0'))
        abort();
    if (r == TQ_OK && (description->kind_count == 0 || description->table_count == 0))
        abort();
    (void)description_free(description);
    return 0;
}
