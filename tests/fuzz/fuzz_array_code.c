/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "register/array_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ITEMS  64u /* of an array, or bytes of its texts: a whole number of numbers */
#define GROUPS 8u

/* Whatever the bytes after the first two are, they are a piece of an array or they are refused;
 * and what they are is coded and decoded to the same. The first says how, the second where. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t groups[GROUPS + 1] = {0, 0, 8, 9, 20, 40, 56, 63, 64};
    static const uint32_t base_groups[GROUPS + 1] = {0, 3, 11, 13, 20, 44, 50, 60, 64};
    uint32_t items[ITEMS] = {0}, again[ITEMS] = {0}, base[ITEMS];
    unsigned char coded[ARRAY_CODED_MAX(ITEMS, sizeof(*items))];
    struct array_code code = {.items = items,
                              .groups = groups,
                              .group_count = GROUPS,
                              .base = base,
                              .base_groups = base_groups};
    size_t first, length;

    if (size < 2)
        return 0;
    code.coding = (enum array_coding)(data[0] % (ARRAY_NUMBERS + 1));
    code.size = code.coding >= ARRAY_FRONT ? 1 : sizeof(*items);
    if (data[0] & 0x80 && (code.coding == ARRAY_PICKED || code.coding == ARRAY_DIFFERENCES))
        code.size = sizeof(uint16_t);
    first = data[1] % (ITEMS / NUMBER_BYTES) * NUMBER_BYTES;
    for (uint32_t i = 0; i < ITEMS; i++)
        base[i] = i % 5 ? 0x302e3130 + i % 3 : (uint32_t)MOMENT_MAX;
    if (!array_decode(&code, first, ITEMS - first, data + 2, size - 2))
        return 0;
    length = array_encode(&code, first, ITEMS - first, coded);
    code.items = again;
    if (!array_decode(&code, first, ITEMS - first, coded, length)
        || memcmp(items, again, sizeof(items)) != 0)
        abort();
    return 0;
}
