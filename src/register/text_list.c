/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/text_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void text_list_clear(struct text_list *list)
{
    free(list->offset);
    free(list->bytes);
    *list = (struct text_list){0};
}

int text_list_add(struct text_list *list, struct slice text, struct tq_error *err)
{
    uint64_t start = list->count ? list->offset[list->count] : 0;
    int r = alloc_reserve(&list->offset, &list->offset_capacity, (size_t)list->count + 2,
                          sizeof(*list->offset), err);

    if (r == TQ_OK)
        r = alloc_reserve(&list->bytes, &list->byte_capacity, (size_t)start + text.length + 1, 1,
                          err);
    if (r < 0)
        return r;
    if (text.length)
        memcpy(list->bytes + start, text.data, text.length);
    list->offset[list->count] = start;
    list->offset[++list->count] = start + text.length;
    return TQ_OK;
}
