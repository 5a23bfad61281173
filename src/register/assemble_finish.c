/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "register/assemble_state.h"
#include "register/density.h"
#include "register/field_finish.h"
#include "register/field_merge.h"
#include "register/full_name.h"
#include "register/reg_new.h"
#include "register/share.h"

#define GIVE_BACK_FACTS (1u << 21) /* the memory of fewer is left for the next fields */

DEFINE_CLEANUP(struct reg *, reg_free)

/* What the threads of assemble_finish() share. */
struct finishing {
    struct assemble *assemble;
    struct reg *reg;
    enum finish_for purpose;
    uint16_t *order;      /* fields in the order in which threads take them */
    pthread_mutex_t lock; /* guards what follows, and the arrays of finished fields */
    bool finished[REGISTER_FIELDS_MAX];
    uint64_t freed_facts; /* whose memory was not given back yet */
};

/* The texts of a dictionary in the given order, as offsets and bytes borrowed from `file`. */
static int write_texts(const struct dictionary *dictionary, const uint32_t *order,
                       struct register_file *file, const uint32_t **out_text,
                       const char **out_bytes, struct tq_error *err)
{
    uint32_t count = dictionary->count;
    size_t total = count ? (size_t)dictionary->offset[count] : 0;
    uint32_t *text = register_file_array(file, (size_t)count + 1, sizeof(*text));
    char *bytes = register_file_room(file, total, 1);

    if (!text || !bytes)
        return tq_no_memory(err);
    if (total > REGISTER_ITEMS_MAX)
        return tq_fail(err, TQ_E_LIMIT, "more than %u bytes of distinct texts", REGISTER_ITEMS_MAX);
    for (uint32_t i = 0; i < count; i++) {
        struct slice value = dictionary_text(dictionary, order[i]);

        dictionary_prefetch_text(dictionary, order, i);
        if (value.length)
            memcpy(bytes + text[i], value.data, value.length);
        text[i + 1] = text[i] + (uint32_t)value.length;
    }
    *out_text = text;
    *out_bytes = bytes;
    return TQ_OK;
}

/* Number the subjects in bytewise order of their keys. */
static int finish_kind(struct growing_kind *growing, struct kind *kind, struct register_file *file,
                       struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *order = NULL;
    int r = dictionary_sort(&growing->subjects, &order, err);

    if (r < 0)
        return r;
    kind->name = register_file_text(file, slice_of(growing->name));
    growing->rank = alloc_resize(NULL, (size_t)growing->subjects.count + 1, sizeof(uint32_t));
    if (!kind->name || !growing->rank)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < growing->subjects.count; i++)
        growing->rank[order[i]] = i;
    kind->subject_count = growing->subjects.count;
    r = write_texts(&growing->subjects, order, file, &kind->subject_text, &kind->subject_bytes,
                    err);
    if (r < 0)
        return r;
    kind->full_name = FIELD_NONE;
    dictionary_clear(&growing->subjects);
    return TQ_OK;
}

/* Fields grouped by kind, in order of arrival; the derived one last. */
static void number_fields(struct assemble *assemble, struct reg *reg)
{
    uint16_t next = 0;

    for (uint8_t k = 0; k < assemble->kind_count; k++) {
        reg->kinds[k].field_first = next;
        for (uint16_t i = 0; i < assemble->field_count; i++) {
            if (assemble->fields[i].definition.kind != k)
                continue;
            if (assemble->fields[i].derived)
                reg->kinds[k].full_name = next;
            assemble->fields[i].number = next++;
        }
        reg->kinds[k].field_count = (uint16_t)(next - reg->kinds[k].field_first);
    }
}

static int define_field(const struct growing_field *growing, struct field *field,
                        struct register_file *file, struct tq_error *err)
{
    const struct field_definition *definition = &growing->definition;

    field->name = register_file_text(file, definition->name);
    if (!field->name)
        return tq_no_memory(err);
    if (definition->check.length) {
        field->check = register_file_text(file, definition->check);
        if (!field->check)
            return tq_no_memory(err);
    }
    field->type = definition->type;
    field->category = definition->category;
    field->form = type_form(definition->type);
    field->kind = definition->kind;
    field->ref_kind = definition->ref_kind;
    field->periodic = definition->periodic;
    field->derived = growing->derived;
    return TQ_OK;
}

/* Before any is finished: full names ask what each field is while others are being finished. */
static int define_fields(const struct assemble *assemble, struct reg *reg, struct tq_error *err)
{
    int r = TQ_OK;

    for (uint16_t i = 0; i < assemble->field_count && r == TQ_OK; i++) {
        const struct growing_field *growing = &assemble->fields[i];

        r = define_field(growing, &reg->fields[growing->number], reg->file, err);
    }
    return r;
}

/* Keys in order of first value. `order` gives the values bytewise. */
static int order_keys(const struct growing_field *growing, const uint32_t *order,
                      uint32_t *key_order, uint32_t *value_key, struct tq_error *err)
{
    uint32_t count = growing->keys.count, next = 0;
    CLEANUP(free_cleanup) uint32_t *rank = alloc_resize(NULL, (size_t)count + 1, sizeof(*rank));

    if (!rank)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < count; i++)
        rank[i] = KEY_NONE;
    for (uint32_t i = 0; i < growing->values.count; i++) {
        uint32_t key = growing->value_key[order[i]];

        if (rank[key] == KEY_NONE) {
            key_order[next] = key;
            rank[key] = next++;
        }
        value_key[i] = rank[key];
    }
    assert(next == count);
    return TQ_OK;
}

static void keys_are_values(struct field *field)
{
    field->key_count = field->value_count;
    field->key_text = field->value_text;
    field->key_bytes = field->value_bytes;
}

void assemble_share_texts(struct field *field, struct register_file *file)
{
    size_t offsets = ((size_t)field->value_count + 1) * sizeof(*field->value_text);

    if (field->key_count != field->value_count
        || memcmp(field->key_text, field->value_text, offsets) != 0
        || memcmp(field->key_bytes, field->value_bytes, field->value_text[field->value_count]) != 0)
        return;
    register_file_release(file, field->key_text);
    register_file_release(file, field->key_bytes);
    keys_are_values(field);
}

static int write_keys(struct growing_field *growing, const uint32_t *order, struct field *field,
                      struct register_file *file, struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *key_order = NULL;
    uint32_t *value_key = register_file_room(file, growing->values.count, sizeof(*value_key));
    int r = growing_field_make_keys(growing, err);

    if (r < 0)
        return r;
    key_order = alloc_resize(NULL, (size_t)growing->keys.count + 1, sizeof(*key_order));
    if (!key_order || !value_key)
        return tq_no_memory(err);
    r = order_keys(growing, order, key_order, value_key, err);
    if (r < 0)
        return r;
    field->key_count = growing->keys.count;
    r = write_texts(&growing->keys, key_order, file, &field->key_text, &field->key_bytes, err);
    if (r < 0)
        return r;
    assemble_share_texts(field, file);
    if (field->key_count == field->value_count)
        register_file_release(file, value_key); /* each its own number */
    else
        field->value_key = value_key;
    return TQ_OK;
}

/* What follows from what is stored. */
static int finish_arrays(const struct finishing *finishing, struct field *field,
                         struct tq_error *err)
{
    struct reg *reg = finishing->reg;
    int r = density_measure(reg, field, &field->density, err);

    if (r < 0 || finishing->purpose == FINISH_TO_SEAL)
        return r;
    r = field_finish_values(reg, field, reg->file, err);
    if (r == TQ_OK)
        r = field_finish_facts(reg, field, reg->file, err);
    return r < 0 ? r : field_finish_holders(reg, field, reg->file, err);
}

/* All that came in, sorted. */
static int sort_field(const struct finishing *finishing, struct growing_field *growing,
                      struct tq_error *err)
{
    struct reg *reg = finishing->reg;
    struct field *field = &reg->fields[growing->number];
    uint32_t count = growing->values.count;
    CLEANUP(free_cleanup) uint32_t *order = NULL;
    CLEANUP(free_cleanup) uint32_t *rank = alloc_resize(NULL, (size_t)count + 1, sizeof(*rank));
    int r = rank ? dictionary_sort(&growing->values, &order, err) : tq_no_memory(err);

    if (r < 0)
        return r;
    for (uint32_t i = 0; i < count; i++)
        rank[order[i]] = i;
    field->value_count = count;
    r = write_texts(&growing->values, order, reg->file, &field->value_text, &field->value_bytes,
                    err);
    if (r < 0)
        return r;
    if (growing->has_forms)
        r = write_keys(growing, order, field, reg->file, err);
    else
        keys_are_values(field);
    if (r < 0)
        return r;
    return fact_list_sort(&growing->facts,
                          growing->derived ? NULL : finishing->assemble->kinds[field->kind].rank,
                          rank, reg->kinds[field->kind].subject_count, reg->file, field, err);
}

/* What came in, and what was there before. */
static int merge_field(const struct finishing *finishing, const struct past *past,
                       struct growing_field *growing, struct tq_error *err)
{
    struct reg *reg = finishing->reg;
    struct field *field = &reg->fields[growing->number];
    int r = growing_field_make_keys(growing, err);

    if (r < 0)
        return r;
    return field_merge(past, growing, finishing->assemble->kinds[field->kind].rank,
                       reg->kinds[field->kind].subject_count, reg->file, field, err);
}

static int finish_field(const struct finishing *finishing, struct growing_field *growing,
                        struct tq_error *err)
{
    const struct assemble *assemble = finishing->assemble;
    struct field *field = &finishing->reg->fields[growing->number];
    uint16_t number = (uint16_t)(growing - assemble->fields);
    struct past past;
    int r;

    if (!growing->derived && assemble->past && assemble->past(assemble->past_state, number, &past))
        r = merge_field(finishing, &past, growing, err);
    else
        r = sort_field(finishing, growing, err);
    growing_field_clear(growing);
    return r < 0 ? r : finish_arrays(finishing, field, err);
}

/* At once, so that a table of many columns never holds its times more than twice. */
static void share_arrays(struct finishing *finishing, uint16_t number)
{
    bool is_much;

    (void)pthread_mutex_lock(&finishing->lock);
    share_equal_arrays(finishing->reg, number, finishing->finished);
    finishing->finished[number] = true;
    finishing->freed_facts += finishing->reg->fields[number].fact_count;
    is_much = finishing->freed_facts >= GIVE_BACK_FACTS;
    if (is_much)
        finishing->freed_facts = 0;
    (void)pthread_mutex_unlock(&finishing->lock);
    if (is_much)
        alloc_give_back(); /* else the facts stay in memory twice */
}

/* One field; `index` in the order. */
static int finish_one_field(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct finishing *finishing = state;
    uint16_t number = finishing->order[index];
    struct growing_field *growing = &finishing->assemble->fields[number];
    int r = TQ_OK;

    (void)thread;
    if (growing->derived)
        r = full_name_derive(finishing->reg, growing->definition.kind, finishing->assemble, number,
                             err);
    if (r == TQ_OK)
        r = finish_field(finishing, growing, err);
    if (r == TQ_OK)
        share_arrays(finishing, growing->number);
    return r;
}

/* Canonical form of each subject key of a kind, to the smallest subject that has it. */
static int canonical_subjects(const struct reg *reg, uint8_t kind, struct dictionary *dictionary,
                              uint32_t *subject_of, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};

    for (uint32_t i = 0; i < reg->kinds[kind].subject_count; i++) {
        uint32_t number = 0, before = dictionary->count;
        int r;

        buf_empty(&scratch);
        if (!normalise(&reg->normaliser, normalise_register_as(TYPE_REF),
                       reg_subject_key(reg, kind, i), &scratch))
            continue;
        r = dictionary_add(dictionary, buf_slice(&scratch), &number, err);
        if (r < 0)
            return r;
        if (number == before)
            subject_of[number] = i;
    }
    return buf_check(&scratch, err);
}

static void dictionary_clear_cleanup(struct dictionary *dictionary)
{
    dictionary_clear(dictionary);
}

static int resolve_references(struct reg *reg, struct field *field, struct tq_error *err)
{
    CLEANUP(dictionary_clear_cleanup) struct dictionary subjects = {0};
    CLEANUP(free_cleanup)
    uint32_t *subject_of = alloc_resize(NULL, (size_t)reg->kinds[field->ref_kind].subject_count + 1,
                                        sizeof(*subject_of));
    uint32_t *key_subject = register_file_room(reg->file, field->key_count, sizeof(*key_subject));
    int r;

    if (!subject_of || !key_subject)
        return tq_no_memory(err);
    r = canonical_subjects(reg, field->ref_kind, &subjects, subject_of, err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < field->key_count; i++) {
        struct slice key = field_key_text(field, i);
        uint32_t number = dictionary_find(&subjects, key, dictionary_hash(key));

        key_subject[i] = number == TEXT_NONE ? SUBJECT_NONE : subject_of[number];
    }
    field->key_subject = key_subject;
    return TQ_OK;
}

static int finish_reference(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct finishing *finishing = state;
    struct reg *reg = finishing->reg;
    struct field *field = &reg->fields[index];

    (void)thread;
    return field->type == TYPE_REF ? resolve_references(reg, field, err) : TQ_OK;
}

static bool has_field(const struct assemble *assemble, uint8_t kind, enum value_type type)
{
    for (uint16_t i = 0; i < assemble->field_count; i++) {
        const struct field_definition *definition = &assemble->fields[i].definition;

        if (definition->kind == kind && definition->type == type && !definition->periodic)
            return true;
    }
    return false;
}

static int add_derived_fields(struct assemble *assemble, struct tq_error *err)
{
    for (uint8_t k = 0; k < assemble->kind_count; k++) {
        uint16_t number;
        int r;

        if (!has_field(assemble, k, TYPE_FAMILY_NAME) || !has_field(assemble, k, TYPE_GIVEN_NAME))
            continue;
        r = assemble_derived(assemble, k, &number, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static bool is_name(const struct growing_field *field)
{
    return !field->derived
           && (field->definition.type == TYPE_FAMILY_NAME
               || field->definition.type == TYPE_GIVEN_NAME);
}

/* Names before what is derived from them, that before the rest, which goes on beside it; of the
 * rest the largest first, so that the threads end together. */
static int compare_fields(const void *a, const void *b, void *state)
{
    const struct assemble *assemble = state;
    uint16_t left = *(const uint16_t *)a, right = *(const uint16_t *)b;
    const struct growing_field *x = &assemble->fields[left], *y = &assemble->fields[right];

    if (is_name(x) != is_name(y))
        return is_name(x) ? -1 : 1;
    if (x->derived != y->derived)
        return x->derived ? -1 : 1;
    if (x->facts.count != y->facts.count)
        return x->facts.count > y->facts.count ? -1 : 1;
    return left < right ? -1 : 1;
}

/* First the names, then what is derived from them beside the other fields, then what needs all. */
static int finish_fields(struct assemble *assemble, enum finish_for purpose, unsigned threads,
                         struct reg *reg, struct tq_error *err)
{
    CLEANUP(free_cleanup)
    uint16_t *order = alloc_zeroed((size_t)assemble->field_count + 1, sizeof(*order));
    struct finishing finishing = {.assemble = assemble,
                                  .reg = reg,
                                  .purpose = purpose,
                                  .order = order,
                                  .lock = PTHREAD_MUTEX_INITIALIZER};
    uint16_t names = 0;
    int r;

    if (!order)
        return tq_no_memory(err);
    for (uint16_t i = 0; i < assemble->field_count; i++) {
        order[i] = i;
        names += is_name(&assemble->fields[i]);
        if (!assemble->fields[i].derived)
            dictionary_close(&assemble->fields[i].values); /* all are there */
    }
    qsort_r(order, assemble->field_count, sizeof(*order), compare_fields, assemble);
    number_fields(assemble, reg);
    r = define_fields(assemble, reg, err);
    if (r < 0)
        return r;
    r = pool_run(threads, names, finish_one_field, &finishing, err);
    if (r < 0)
        return r;
    finishing.order = order + names;
    r = pool_run(threads, assemble->field_count - (size_t)names, finish_one_field, &finishing, err);
    if (r < 0)
        return r;
    return pool_run(threads, reg->field_count, finish_reference, &finishing, err);
}

int assemble_finish(struct assemble *assemble, enum finish_for purpose, unsigned threads,
                    struct reg **out_reg, struct tq_error *err)
{
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    struct reg_head head = {.name = assemble->head.name,
                            .country_code = assemble->head.country_code,
                            .timezone = assemble->head.timezone,
                            .fingerprint_key = assemble->head.fingerprint_key,
                            .kind_count = assemble->kind_count};
    int r = add_derived_fields(assemble, err);

    if (r < 0)
        return r;
    head.field_count = assemble->field_count;
    r = reg_new(&head, &reg, err);
    if (r < 0)
        return r;
    register_file_keep_released(reg->file, true);
    for (uint8_t k = 0; k < assemble->kind_count; k++) {
        r = finish_kind(&assemble->kinds[k], &reg->kinds[k], reg->file, err);
        if (r < 0)
            return r;
    }
    r = finish_fields(assemble, purpose, threads, reg, err);
    if (r < 0)
        return r;
    register_file_keep_released(reg->file, false);
    reg_measure_horizon(reg);
    *out_reg = TAKE(reg);
    return TQ_OK;
}
