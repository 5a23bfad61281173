/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/field_merge_texts.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

void merged_texts_clear(struct merged_texts *texts)
{
    field_texts_clear(&texts->old);
    free(texts->old_rank);
    free(texts->new_rank);
    free(texts->value);
    *texts = (struct merged_texts){0};
}

/* The first old value from `from` on that does not come before `text`. */
static uint32_t find_place(const struct field_texts *old, struct slice text, uint32_t from)
{
    uint32_t low = from, high = old->value_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (slice_compare(field_texts_value(old, middle), text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_old(struct merged_texts *texts, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        texts->value[texts->count] = i;
        texts->old_rank[i] = texts->count++;
    }
}

/* New values are few: each is looked up among the old ones, which are taken in runs. */
static void rank_values(struct merged_texts *texts, const uint32_t *new_order)
{
    const struct dictionary *new = &texts->growing->values;
    uint32_t next = 0;

    for (uint32_t i = 0; i < new->count; i++) {
        struct slice text = dictionary_text(new, new_order[i]);
        uint32_t place = find_place(&texts->old, text, next);

        add_old(texts, next, place);
        next = place;
        if (next < texts->old.value_count
            && slice_equal(field_texts_value(&texts->old, next), text)) {
            texts->new_rank[new_order[i]] = texts->count;
            add_old(texts, next, next + 1);
            next++;
            continue;
        }
        texts->value[texts->count] = texts->old.value_count + new_order[i];
        texts->new_rank[new_order[i]] = texts->count++;
    }
    add_old(texts, next, texts->old.value_count);
}

int merged_texts_read(const struct past *past, const struct growing_field *growing,
                      struct merged_texts *out, struct tq_error *err)
{
    CLEANUP(merged_texts_clear) struct merged_texts texts = {.growing = growing};
    CLEANUP(free_cleanup) uint32_t *new_order = NULL;
    size_t old_count, new_count = growing->values.count;
    int r = field_texts_read(past->reg, past->field, &texts.old, err);

    if (r == TQ_OK)
        r = dictionary_sort(&growing->values, &new_order, err);
    if (r < 0)
        return r;
    old_count = texts.old.value_count;
    if (old_count + new_count >= TEXT_NONE)
        return tq_fail(err, TQ_E_LIMIT, "more than %u distinct values in one field", TEXT_NONE - 1);
    texts.old_rank = alloc_resize(NULL, old_count + 1, sizeof(uint32_t));
    texts.new_rank = alloc_resize(NULL, new_count + 1, sizeof(uint32_t));
    texts.value = alloc_resize(NULL, old_count + new_count + 1, sizeof(uint32_t));
    if (!texts.old_rank || !texts.new_rank || !texts.value)
        return tq_no_memory(err);
    rank_values(&texts, new_order);
    *out = texts;
    texts = (struct merged_texts){0};
    return TQ_OK;
}

/* ---- writing ---- */

/* A text in one of two places. */
static struct slice value_text(const struct merged_texts *texts, uint32_t rank)
{
    uint32_t value = texts->value[rank];

    return value < texts->old.value_count
               ? field_texts_value(&texts->old, value)
               : dictionary_text(&texts->growing->values, value - texts->old.value_count);
}

/* Keys as one numbering: the older field's, then those of the growing one that it lacks. */
struct merged_keys {
    const struct merged_texts *texts;
    uint32_t *new_key; /* owned: by number of the growing field's key */
    uint32_t *number;  /* owned: the final number, or KEY_NONE */
    uint32_t *order;   /* owned: by final number */
    uint32_t count;    /* that are used */
};

static void merged_keys_clear_cleanup(struct merged_keys *keys)
{
    free(keys->new_key);
    free(keys->number);
    free(keys->order);
}

static struct slice key_text(const struct merged_texts *texts, uint32_t key)
{
    return key < texts->old.key_count
               ? field_texts_key(&texts->old, key)
               : dictionary_text(&texts->growing->keys, key - texts->old.key_count);
}

static void match_keys(struct merged_keys *keys)
{
    const struct merged_texts *texts = keys->texts;
    const struct dictionary *new = &texts->growing->keys;

    for (uint32_t i = 0; i < new->count; i++)
        keys->new_key[i] = texts->old.key_count + i;
    for (uint32_t i = 0; new->count > 0 && i < texts->old.key_count; i++) {
        struct slice text = field_texts_key(&texts->old, i);
        uint32_t found = dictionary_find(new, text, dictionary_hash(text));

        if (found != TEXT_NONE)
            keys->new_key[found] = i;
    }
}

static int merged_keys_init(struct merged_keys *keys, const struct merged_texts *texts,
                            struct tq_error *err)
{
    size_t new_count = texts->growing->keys.count;
    size_t all = texts->old.key_count + new_count;

    keys->texts = texts;
    keys->new_key = alloc_resize(NULL, new_count + 1, sizeof(uint32_t));
    keys->number = alloc_resize(NULL, all + 1, sizeof(uint32_t));
    keys->order = alloc_resize(NULL, all + 1, sizeof(uint32_t));
    if (!keys->new_key || !keys->number || !keys->order)
        return tq_no_memory(err);
    for (size_t i = 0; i < all; i++)
        keys->number[i] = KEY_NONE;
    match_keys(keys);
    return TQ_OK;
}

/* The final number of the key of a value: keys are numbered in the order of their first. */
static uint32_t number_key(struct merged_keys *keys, uint32_t rank)
{
    const struct merged_texts *texts = keys->texts;
    uint32_t value = texts->value[rank], key;

    if (value < texts->old.value_count)
        key = field_texts_key_of(&texts->old, value);
    else
        key = keys->new_key[texts->growing->value_key[value - texts->old.value_count]];
    if (keys->number[key] == KEY_NONE) {
        keys->number[key] = keys->count;
        keys->order[keys->count++] = key;
    }
    return keys->number[key];
}

/* `count` texts as offsets and bytes; item i is text_of(texts, items[i]). */
static int write_texts(const struct merged_texts *texts, const uint32_t *items, uint32_t count,
                       struct slice text_of(const struct merged_texts *, uint32_t),
                       struct register_file *file, const uint32_t **out_text,
                       const char **out_bytes, struct tq_error *err)
{
    uint32_t *text = register_file_array(file, (size_t)count + 1, sizeof(*text));
    uint64_t total = 0;
    char *bytes;

    for (uint32_t i = 0; i < count; i++)
        total += text_of(texts, items[i]).length;
    if (total > REGISTER_ITEMS_MAX)
        return tq_fail(err, TQ_E_LIMIT, "more than %u bytes of distinct texts", REGISTER_ITEMS_MAX);
    bytes = register_file_array(file, (size_t)total, 1);
    if (!text || !bytes)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        struct slice value = text_of(texts, items[i]);

        if (value.length)
            memcpy(bytes + text[i], value.data, value.length);
        text[i + 1] = text[i] + (uint32_t)value.length;
    }
    *out_text = text;
    *out_bytes = bytes;
    return TQ_OK;
}

static int write_keys(struct merged_keys *keys, const uint32_t *ranks, struct register_file *file,
                      struct field *field, struct tq_error *err)
{
    uint32_t *value_key = register_file_array(file, field->value_count, sizeof(*value_key));
    int r;

    if (!value_key)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < field->value_count; i++)
        value_key[i] = number_key(keys, ranks[i]);
    field->key_count = keys->count;
    r = write_texts(keys->texts, keys->order, keys->count, key_text, file, &field->key_text,
                    &field->key_bytes, err);
    if (r < 0)
        return r;
    assemble_share_texts(field, file);
    if (field->key_count == field->value_count)
        register_file_release(file, value_key); /* each its own number */
    else
        field->value_key = value_key;
    return TQ_OK;
}

int merged_texts_write(const struct merged_texts *texts, const bool *used,
                       struct register_file *file, struct field *field, uint32_t **out_number,
                       struct tq_error *err)
{
    CLEANUP(merged_keys_clear_cleanup) struct merged_keys keys = {0};
    CLEANUP(free_cleanup)
    uint32_t *number = alloc_resize(NULL, (size_t)texts->count + 1, sizeof(*number));
    CLEANUP(free_cleanup)
    uint32_t *ranks = alloc_resize(NULL, (size_t)texts->count + 1, sizeof(*ranks));
    uint32_t count = 0;
    int r = number && ranks ? merged_keys_init(&keys, texts, err) : tq_no_memory(err);

    if (r < 0)
        return r;
    for (uint32_t i = 0; i < texts->count; i++) {
        number[i] = count;
        ranks[count] = i;
        count += used[i];
    }
    field->value_count = count;
    r = write_texts(texts, ranks, count, value_text, file, &field->value_text, &field->value_bytes,
                    err);
    if (r == TQ_OK)
        r = write_keys(&keys, ranks, file, field, err);
    if (r == TQ_OK)
        *out_number = TAKE(number);
    return r;
}
