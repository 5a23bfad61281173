/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_TEXT_LIST_H
#define REGISTER_TEXT_LIST_H

#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/* Texts in order of arrival, equal ones too. Start with {0}, end with text_list_clear(). */
struct text_list {
    uint32_t count;
    uint64_t *offset; /* count + 1 offsets into bytes; NULL while empty */
    size_t offset_capacity;
    char *bytes;
    size_t byte_capacity;
};

void text_list_clear(struct text_list *list);

int text_list_add(struct text_list *list, struct slice text, struct tq_error *err) MUST_CHECK;

static inline struct slice text_list_get(const struct text_list *list, uint32_t number)
{
    return slice_make(list->bytes + list->offset[number],
                      (size_t)(list->offset[number + 1] - list->offset[number]));
}

#endif
