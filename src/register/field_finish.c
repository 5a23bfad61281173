/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/field_finish.h"

#include "base/alloc.h"
#include "register/key_index.h"
#include "register/posting.h"

#define SHAREABLE_PER_MILLE 5u /* .5 % of the keys (algorithms.md 3.2 ii) */

static int check_facts(const struct field *field, uint32_t subject_count, struct tq_error *err)
{
    for (uint32_t i = 0; i < subject_count; i++) {
        if (field->fact_start[i] > field->fact_start[i + 1])
            return tq_fail(err, TQ_E_SYNTAX, "field '%s': facts out of order", field->name);
    }
    if (field->fact_start[0] != 0 || field->fact_start[subject_count] != field->fact_count)
        return tq_fail(err, TQ_E_SYNTAX, "field '%s': facts out of range", field->name);
    for (uint64_t i = 0; i < field->fact_count; i++) {
        if (field->fact_value[i] >= field->value_count)
            return tq_fail(err, TQ_E_SYNTAX, "field '%s': value out of range", field->name);
    }
    return TQ_OK;
}

/* Memory for an array that is filled at once; NULL when memory runs out. */
static void *array(struct register_file *file, uint64_t count, size_t size)
{
    void *memory = register_file_array(file, (size_t)count, size);

    if (memory)
        alloc_fetch(memory, (size_t)count * size);
    return memory;
}

static int make_fact_keys(struct field *field, struct register_file *file, struct tq_error *err)
{
    uint32_t *fact_key;

    if (!field->value_key) {
        field->fact_key = field->fact_value;
        return TQ_OK;
    }
    fact_key = array(file, field->fact_count, sizeof(*fact_key));
    if (!fact_key)
        return tq_no_memory(err);
    for (uint64_t i = 0; i < field->fact_count; i++)
        fact_key[i] = field->value_key[field->fact_value[i]];
    field->fact_key = fact_key;
    return TQ_OK;
}

static int make_fingerprints(const struct reg *reg, struct field *field, struct register_file *file,
                             struct tq_error *err)
{
    uint64_t *prints = array(file, field->key_count, sizeof(*prints));

    if (!prints)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < field->key_count; i++)
        prints[i] = fingerprint(&reg->normaliser, field->form, field_key_text(field, i));
    field->key_fingerprint = prints;
    return TQ_OK;
}

static int make_postings(struct field *field, uint32_t subject_count, struct register_file *file,
                         struct tq_error *err)
{
    struct posting_source source = {.fact_start = field->fact_start,
                                    .subject_count = subject_count,
                                    .fact_value = field->fact_key,
                                    .key_count = field->key_count};
    uint32_t *start = array(file, (uint64_t)field->key_count + 1, sizeof(*start));
    uint32_t *posting;
    int r;

    if (!start)
        return tq_no_memory(err);
    r = posting_count(&source, start, err);
    if (r < 0)
        return r;
    posting = array(file, start[field->key_count], sizeof(*posting));
    if (!posting)
        return tq_no_memory(err);
    r = posting_fill(&source, start, posting, err);
    if (r < 0)
        return r;
    field->posting_start = start;
    field->posting = posting;
    return TQ_OK;
}

static void count_holders(struct field *field, uint32_t subject_count)
{
    uint64_t shared = 0;

    field->holders = 0;
    for (uint32_t i = 0; i < subject_count; i++)
        field->holders += field->fact_start[i + 1] > field->fact_start[i];
    for (uint32_t i = 0; i < field->key_count; i++)
        shared += field_key_frequency(field, i) > 1;
    field->shareable =
        field->key_count && shared * 1000 >= field->key_count * (uint64_t)SHAREABLE_PER_MILLE;
}

int field_without_texts(struct field *field, struct register_file *file, struct tq_error *err)
{
    field->value_text =
        register_file_array(file, (size_t)field->value_count + 1, sizeof(*field->value_text));
    field->value_bytes = register_file_array(file, 0, 1);
    field->key_text = field->value_text;
    field->key_bytes = field->value_bytes;
    return field->value_text && field->value_bytes ? TQ_OK : tq_no_memory(err);
}

int field_finish_values(const struct reg *reg, struct field *field, struct register_file *file,
                        struct tq_error *err)
{
    int r;

    for (uint32_t i = 0; field->value_key && i < field->value_count; i++) {
        if (field->value_key[i] >= field->key_count)
            return tq_fail(err, TQ_E_SYNTAX, "field '%s': key out of range", field->name);
    }
    r = field->fingerprints_only ? TQ_OK : make_fingerprints(reg, field, file, err);
    return r < 0 ? r : key_index_build(file, field, err);
}

int field_finish_facts(const struct reg *reg, struct field *field, struct register_file *file,
                       struct tq_error *err)
{
    uint32_t subject_count = reg->kinds[field->kind].subject_count;
    int r = check_facts(field, subject_count, err);

    if (r < 0)
        return r;
    return make_fact_keys(field, file, err);
}

int field_finish_holders(const struct reg *reg, struct field *field, struct register_file *file,
                         struct tq_error *err)
{
    uint32_t subject_count = reg->kinds[field->kind].subject_count;
    int r = make_postings(field, subject_count, file, err);

    if (r < 0)
        return r;
    count_holders(field, subject_count);
    return TQ_OK;
}
