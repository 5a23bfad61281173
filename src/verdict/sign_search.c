/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/sign_search.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define PROGRAM_BYTES 100 /* of a producer's name, in a detail */

/* Cut at PROGRAM_BYTES, between characters. */
void saying_add_text(struct saying *saying, struct slice text)
{
    if (text.length > PROGRAM_BYTES) {
        text.length = PROGRAM_BYTES;
        while (text.length > 0 && ((unsigned char)text.data[text.length] & 0xC0) == 0x80)
            text.length--;
    }
    saying->parts[saying->count++] = text;
}

void saying_add_number(struct saying *saying, uint64_t number)
{
    char *room = saying->numbers[saying->count];

    (void)snprintf(room, SAYING_NUMBER_BYTES, "%llu", (unsigned long long)number);
    saying->parts[saying->count++] = slice_of(room);
}

void saying_add_points(struct saying *saying, double points, int decimals)
{
    char *room = saying->numbers[saying->count];

    (void)snprintf(room, SAYING_NUMBER_BYTES, "%.*f", decimals, points);
    saying->parts[saying->count++] = slice_of(room);
}

static const char *keep_detail(struct sign_search *search, const struct saying *saying)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    if (saying->form != DETAIL_NONE)
        document_detail_format(&text, saying->form, saying->parts, saying->count);
    return text.failed ? NULL : arena_text(&search->signs->details, buf_slice(&text));
}

void sign_search_add_edit(struct sign_search *search, enum document_sign sign,
                          enum document_weight weight, const struct document_edit *edit,
                          const struct saying *saying)
{
    struct document_signs *signs = search->signs;
    const char *kept = keep_detail(search, saying);

    if (search->status == TQ_OK && !kept)
        search->status = tq_no_memory(search->err);
    if (search->status == TQ_OK)
        search->status = alloc_reserve(&signs->items, &signs->capacity, signs->count + 1,
                                       sizeof(*signs->items), search->err);
    if (search->status < 0)
        return;
    signs->items[signs->count++] = (struct document_sign_row){.exhibit = search->document->exhibit,
                                                              .table = search->document->layout,
                                                              .sign = sign,
                                                              .weight = weight,
                                                              .page = edit->page,
                                                              .before = edit->before,
                                                              .after = edit->after,
                                                              .detail = slice_of(kept)};
}

void sign_search_add(struct sign_search *search, enum document_sign sign,
                     enum document_weight weight, const struct saying *saying)
{
    const struct document_edit none = {.before = SLICE_LITERAL(""), .after = SLICE_LITERAL("")};

    sign_search_add_edit(search, sign, weight, &none, saying);
}
