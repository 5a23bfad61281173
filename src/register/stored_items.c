/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/stored_items.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "register/sealed.h"

int stored_items_open(struct stored_items *items, const struct reg *reg, uint16_t number,
                      unsigned which, unsigned char *scratch, struct tq_error *err)
{
    struct stored_array array = {.number = number, .which = (uint8_t)which};
    int r;

    *items = (struct stored_items){.reg = reg,
                                   .number = number,
                                   .which = which,
                                   .size = stored_item_bytes(which),
                                   .scratch = scratch};
    if (!reg->sealed) {
        items->items = stored_get(reg, &array);
        items->end = UINT64_MAX;
        items->there = items->items != NULL;
        return TQ_OK;
    }
    items->there = sealed_has(reg->sealed, number, which);
    if (!items->there)
        return TQ_OK;
    items->piece = alloc_resize(NULL, SEAL_PIECE_BYTES, 1);
    items->items = items->piece;
    if (!items->piece)
        return tq_no_memory(err);
    r = sealed_hold(reg->sealed, reg, number, which, err);
    items->held = r == TQ_OK;
    return r;
}

void stored_items_clear(struct stored_items *items)
{
    if (items->held)
        sealed_let_go(items->reg->sealed, items->reg, items->number, items->which);
    free(items->piece);
    *items = (struct stored_items){0};
}

int stored_items_reach(struct stored_items *items, uint64_t i, struct tq_error *err)
{
    uint64_t count = 0;
    int r;

    if (i >= items->first && i < items->end)
        return TQ_OK;
    items->end = items->first; /* until the piece is whole */
    r = sealed_read_piece(items->reg->sealed, items->reg, items->number, items->which, i,
                          items->scratch, items->piece, &items->first, &count, err);
    if (r == TQ_OK)
        items->end = items->first + count;
    return r;
}

int stored_items_get(struct stored_items *items, uint64_t i, uint64_t *out_item,
                     struct tq_error *err)
{
    int r = stored_items_reach(items, i, err);

    if (r < 0)
        return r;
    *out_item = 0;
    memcpy(out_item, items->items + (i - items->first) * items->size, items->size);
    return TQ_OK;
}
