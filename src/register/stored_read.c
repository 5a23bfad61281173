/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/stored_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "register/sealed.h"

/* An array on its way into memory. */
struct whole_array {
    const struct reg *reg;
    uint16_t field;
    unsigned which;
    uint64_t items;
    size_t size; /* of an item */
};

static size_t item_bytes(unsigned which)
{
    if (which < SHARE_COUNT)
        return share_item_bytes((enum share_array)which);
    if (which == STORED_VALUE_BYTES || which == STORED_KEY_BYTES)
        return 1;
    return which == STORED_KEY_FINGERPRINT ? sizeof(uint64_t) : sizeof(uint32_t);
}

static int read_pieces(const struct whole_array *array, unsigned char *out, struct tq_error *err)
{
    CLEANUP(free_cleanup) unsigned char *scratch = alloc_resize(NULL, SEALED_SCRATCH_BYTES, 1);
    CLEANUP(free_cleanup) unsigned char *piece = alloc_resize(NULL, SEAL_PIECE_BYTES, 1);

    if (!scratch || !piece)
        return tq_no_memory(err);
    for (uint64_t next = 0; next < array->items;) {
        uint64_t first = 0, count = 0;
        int r = sealed_read_piece(array->reg->sealed, array->reg, array->field, array->which, next,
                                  scratch, piece, &first, &count, err);

        if (r < 0)
            return r;
        memcpy(out + first * array->size, piece, count * array->size);
        next = first + count;
    }
    return TQ_OK;
}

int stored_read(const struct reg *reg, uint16_t field, unsigned which, void **out_items,
                struct tq_error *err)
{
    struct whole_array array = {.reg = reg,
                                .field = field,
                                .which = which,
                                .items = sealed_items(reg->sealed, field, which),
                                .size = item_bytes(which)};
    CLEANUP(free_cleanup)
    unsigned char *items = alloc_zeroed((size_t)array.items + 1, array.size);
    int r = items ? sealed_hold(reg->sealed, reg, field, which, err) : tq_no_memory(err);

    if (r < 0)
        return r;
    r = read_pieces(&array, items, err);
    sealed_let_go(reg->sealed, reg, field, which);
    if (r == TQ_OK)
        *out_items = TAKE(items);
    return r;
}
