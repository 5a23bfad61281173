/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/stored_texts.h"

#include <endian.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "register/sealed.h"

void stored_texts_clear(struct stored_texts *texts)
{
    stored_items_clear(&texts->prints);
    stored_items_clear(&texts->bytes);
    stored_items_clear(&texts->offsets);
    free(texts->scratch);
    buf_clear(&texts->text);
    *texts = (struct stored_texts){0};
}

static int make_scratch(struct stored_texts *texts, const struct reg *reg, struct tq_error *err)
{
    texts->scratch = reg->sealed ? alloc_resize(NULL, SEALED_SCRATCH_BYTES, 1) : NULL;
    return reg->sealed && !texts->scratch ? tq_no_memory(err) : TQ_OK;
}

int stored_texts_open_subjects(struct stored_texts *texts, const struct reg *reg, uint8_t kind,
                               struct tq_error *err)
{
    int r;

    if (kind == KIND_NONE)
        return TQ_OK;
    texts->count = reg->kinds[kind].subject_count;
    r = make_scratch(texts, reg, err);
    if (r == TQ_OK)
        r = stored_items_open(&texts->offsets, reg, kind, STORED_SUBJECT_TEXT, texts->scratch, err);
    if (r == TQ_OK)
        r = stored_items_open(&texts->bytes, reg, kind, STORED_SUBJECT_BYTES, texts->scratch, err);
    return r;
}

/* Values that are stored as the keys of the subjects are found there. */
int stored_texts_open_values(struct stored_texts *texts, const struct reg *reg, uint16_t number,
                             struct tq_error *err)
{
    const struct field *field = number == FIELD_NONE ? NULL : &reg->fields[number];
    int r;

    if (!field)
        return TQ_OK;
    if (reg->sealed && sealed_has_subject_values(reg->sealed, number))
        return stored_texts_open_subjects(texts, reg, field->kind, err);
    texts->count = field->value_count;
    r = make_scratch(texts, reg, err);
    if (r == TQ_OK && field->fingerprints_only)
        return stored_items_open(&texts->prints, reg, number, STORED_KEY_FINGERPRINT,
                                 texts->scratch, err);
    if (r == TQ_OK)
        r = stored_items_open(&texts->offsets, reg, number, STORED_VALUE_TEXT, texts->scratch, err);
    if (r == TQ_OK)
        r = stored_items_open(&texts->bytes, reg, number, STORED_VALUE_BYTES, texts->scratch, err);
    return r;
}

static int get_print(struct stored_texts *texts, uint32_t i, struct tq_error *err)
{
    uint64_t print = 0;
    int r = stored_items_get(&texts->prints, i, &print, err);

    print = htobe64(print);
    buf_add(&texts->text, &print, sizeof(print));
    return r;
}

/* The bytes from `at` to before `end`, which may lie in several pieces. */
static int get_bytes(struct stored_texts *texts, uint64_t at, uint64_t end, struct tq_error *err)
{
    while (at < end) {
        uint64_t stop;
        int r = stored_items_reach(&texts->bytes, at, err);

        if (r < 0)
            return r;
        stop = end < texts->bytes.end ? end : texts->bytes.end;
        buf_add(&texts->text, texts->bytes.items + (at - texts->bytes.first), (size_t)(stop - at));
        at = stop;
    }
    return TQ_OK;
}

int stored_texts_get(struct stored_texts *texts, uint32_t i, struct slice *out_text,
                     struct tq_error *err)
{
    uint64_t at = 0, end = 0;
    int r;

    buf_empty(&texts->text);
    if (texts->prints.there) {
        r = get_print(texts, i, err);
    } else {
        r = stored_items_get(&texts->offsets, i, &at, err);
        if (r == TQ_OK)
            r = stored_items_get(&texts->offsets, (uint64_t)i + 1, &end, err);
        if (r == TQ_OK)
            r = get_bytes(texts, at, end, err);
    }
    if (r == TQ_OK)
        r = buf_check(&texts->text, err);
    if (r == TQ_OK)
        *out_text = buf_slice(&texts->text);
    return r;
}

int stored_texts_find(struct stored_texts *texts, struct slice text, uint32_t *out_number,
                      struct tq_error *err)
{
    uint32_t low = 0, high = texts->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct slice found;
        int order, r = stored_texts_get(texts, middle, &found, err);

        if (r < 0)
            return r;
        order = slice_compare(text, found);
        if (order == 0) {
            *out_number = middle;
            return TQ_OK;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    *out_number = texts->count;
    return TQ_OK;
}
