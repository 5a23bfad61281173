/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/without_values.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/pool.h"
#include "register/fact_list.h"
#include "register/fact_stream.h"
#include "register/field_finish.h"
#include "register/reg_new.h"
#include "register/share.h"

#define PSEUDONYM_BYTES 16u /* hexadecimal digits of 64 bits */

DEFINE_CLEANUP(struct fact_stream *, fact_stream_free)

/* A fingerprint and whose it is. */
struct print {
    uint64_t print;
    uint32_t number;
};

struct hiding {
    struct reg *from, *to;
    uint32_t *rank[REGISTER_KINDS_MAX]; /* owned: new number of each subject */
};

static void hiding_clear_cleanup(struct hiding *hiding)
{
    for (unsigned i = 0; i < REGISTER_KINDS_MAX; i++)
        free(hiding->rank[i]);
    (void)reg_free(hiding->from);
    (void)reg_free(hiding->to);
}

static void fact_list_clear_cleanup(struct fact_list *list)
{
    fact_list_clear(list);
}

static int compare_prints(const void *a, const void *b)
{
    const struct print *x = a, *y = b;

    if (x->print != y->print)
        return x->print < y->print ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* ---- subjects ---- */

static uint64_t pseudonym(const struct reg *reg, uint8_t kind, uint32_t subject)
{
    struct slice key = reg_subject_key(reg, kind, subject);

    return siphash(reg->normaliser.key, key.data, key.length);
}

static int sort_subjects(const struct reg *reg, uint8_t kind, struct print **out_prints,
                         struct tq_error *err)
{
    uint32_t count = reg->kinds[kind].subject_count;
    struct print *prints = alloc_resize(NULL, (size_t)count + 1, sizeof(*prints));

    if (!prints)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < count; i++)
        prints[i] = (struct print){pseudonym(reg, kind, i), i};
    qsort(prints, count, sizeof(*prints), compare_prints);
    *out_prints = prints;
    return TQ_OK;
}

static void write_pseudonym(uint64_t print, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (unsigned i = 0; i < PSEUDONYM_BYTES; i++)
        out[i] = digits[print >> (60 - 4 * i) & 15];
}

static int hide_subjects(struct hiding *hiding, uint8_t number, struct tq_error *err)
{
    const struct kind *from = &hiding->from->kinds[number];
    struct kind *kind = &hiding->to->kinds[number];
    struct register_file *file = hiding->to->file;
    CLEANUP(free_cleanup) struct print *prints = NULL;
    size_t bytes = (size_t)from->subject_count * PSEUDONYM_BYTES;
    uint32_t *text, *rank;
    char *names;
    int r;

    if (bytes > REGISTER_ITEMS_MAX)
        return tq_fail(err, TQ_E_LIMIT, "more than %u subjects to name by fingerprints",
                       REGISTER_ITEMS_MAX / PSEUDONYM_BYTES);
    r = sort_subjects(hiding->from, number, &prints, err);
    if (r < 0)
        return r;
    kind->name = register_file_text(file, slice_of(from->name));
    text = register_file_array(file, (size_t)from->subject_count + 1, sizeof(*text));
    names = register_file_array(file, bytes, 1);
    rank = alloc_resize(NULL, (size_t)from->subject_count + 1, sizeof(*rank));
    hiding->rank[number] = rank;
    if (!kind->name || !text || !names || !rank)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < from->subject_count; i++) {
        rank[prints[i].number] = i;
        write_pseudonym(prints[i].print, names + (size_t)i * PSEUDONYM_BYTES);
        text[i + 1] = (i + 1) * PSEUDONYM_BYTES;
    }
    kind->subject_count = from->subject_count;
    kind->subject_text = text;
    kind->subject_bytes = names;
    kind->field_first = from->field_first;
    kind->field_count = from->field_count;
    kind->full_name = from->full_name;
    return TQ_OK;
}

/* ---- fields ---- */

static int copy_names(const struct field *from, struct field *field, struct register_file *file,
                      struct tq_error *err)
{
    *field = (struct field){.type = from->type,
                            .category = from->category,
                            .form = from->form,
                            .kind = from->kind,
                            .ref_kind = from->ref_kind,
                            .periodic = from->periodic,
                            .derived = from->derived,
                            .fingerprints_only = true,
                            .density = from->density};
    field->name = register_file_text(file, slice_of(from->name));
    if (from->check)
        field->check = register_file_text(file, slice_of(from->check));
    return field->name && (!from->check || field->check) ? TQ_OK : tq_no_memory(err);
}

/* Keys by fingerprint; *out_rank (owned): the new number of each. */
static int hide_keys(const struct hiding *hiding, const struct field *from, struct field *field,
                     uint32_t **out_rank, struct tq_error *err)
{
    uint32_t count = from->key_count;
    CLEANUP(free_cleanup)
    struct print *prints = alloc_resize(NULL, (size_t)count + 1, sizeof(*prints));
    CLEANUP(free_cleanup) uint32_t *rank = alloc_resize(NULL, (size_t)count + 1, sizeof(*rank));
    uint64_t *fingerprints = register_file_array(hiding->to->file, count, sizeof(*fingerprints));
    uint32_t *subjects =
        from->key_subject ? register_file_array(hiding->to->file, count, sizeof(*subjects)) : NULL;

    if (!prints || !rank || !fingerprints || (from->key_subject && !subjects))
        return tq_no_memory(err);
    for (uint32_t i = 0; i < count; i++)
        prints[i] = (struct print){
            fingerprint(&hiding->from->normaliser, from->form, field_key_text(from, i)), i};
    qsort(prints, count, sizeof(*prints), compare_prints);
    for (uint32_t i = 0; i < count; i++) {
        fingerprints[i] = prints[i].print;
        rank[prints[i].number] = i;
        if (subjects) {
            uint32_t subject = from->key_subject[prints[i].number];

            subjects[i] =
                subject == SUBJECT_NONE ? SUBJECT_NONE : hiding->rank[from->ref_kind][subject];
        }
    }
    field->value_count = field->key_count = count;
    field->key_fingerprint = fingerprints;
    field->key_subject = subjects;
    *out_rank = TAKE(rank);
    return field_without_texts(field, hiding->to->file, err);
}

/* The facts with their keys as values: what was another spelling is the same fact now. */
static int hide_facts(const struct hiding *hiding, uint16_t number, const uint32_t *key_rank,
                      struct field *field, struct tq_error *err)
{
    const struct field *from = &hiding->from->fields[number];
    CLEANUP(fact_list_clear_cleanup) struct fact_list list = {.has_period = from->periodic};
    CLEANUP(fact_stream_free_cleanup) struct fact_stream *stream = NULL;
    struct fact fact;
    bool any = true;
    int r = fact_stream_open(hiding->from, number, &stream, err);

    while (r == TQ_OK && any) {
        r = fact_stream_next(stream, &fact, &any, err);
        if (r < 0 || !any)
            break;
        fact.value = field_value_key(from, fact.value);
        r = fact_list_add(&list, &fact, err);
    }
    if (r < 0)
        return r;
    return fact_list_sort(&list, hiding->rank[from->kind], key_rank,
                          hiding->from->kinds[from->kind].subject_count, hiding->to->file, field,
                          err);
}

/* What no other field of the old register shares is not needed any more. */
static void release(struct hiding *hiding, struct field *from)
{
    struct register_file *file = hiding->from->file;

    register_file_release(file, from->fact_value);
    register_file_release(file, from->value_key);
    register_file_release(file, from->key_bytes != from->value_bytes ? from->key_bytes : NULL);
    register_file_release(file, from->value_bytes);
    from->fact_value = from->value_key = NULL;
    from->value_bytes = from->key_bytes = NULL;
}

static int hide_field(struct hiding *hiding, uint16_t number, struct tq_error *err)
{
    struct field *from = &hiding->from->fields[number], *field = &hiding->to->fields[number];
    CLEANUP(free_cleanup) uint32_t *key_rank = NULL;
    int r = copy_names(from, field, hiding->to->file, err);

    if (r == TQ_OK)
        r = hide_keys(hiding, from, field, &key_rank, err);
    if (r == TQ_OK)
        r = hide_facts(hiding, number, key_rank, field, err);
    if (r == TQ_OK)
        release(hiding, from);
    return r;
}

/* Subjects by kind, in parallel; fields one by one, so that little is in memory twice. */
static int hide_kind(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    (void)thread;
    return hide_subjects(state, (uint8_t)index, err);
}

static int hide_all(struct hiding *hiding, unsigned threads, struct tq_error *err)
{
    bool finished[REGISTER_FIELDS_MAX] = {false};
    int r = pool_run(threads, hiding->from->kind_count, hide_kind, hiding, err);

    for (uint16_t i = 0; i < hiding->from->field_count && r == TQ_OK; i++) {
        r = hide_field(hiding, i, err);
        if (r == TQ_OK)
            share_equal_arrays(hiding->to, i, finished);
        finished[i] = r == TQ_OK;
    }
    return r;
}

int reg_without_values(struct reg *reg, unsigned threads, struct reg **out_reg,
                       struct tq_error *err)
{
    CLEANUP(hiding_clear_cleanup) struct hiding hiding = {.from = reg};
    struct reg_head head = {.name = slice_of(reg->name),
                            .country_code = slice_of(reg->country_code),
                            .timezone = slice_of(reg->timezone),
                            .fingerprint_key = reg->normaliser.key,
                            .kind_count = reg->kind_count,
                            .field_count = reg->field_count};
    int r = reg_new(&head, &hiding.to, err);

    if (r == TQ_OK)
        r = hide_all(&hiding, threads, err);
    if (r < 0)
        return r;
    hiding.to->fingerprints_only = true;
    hiding.to->source = reg->source;
    hiding.to->known_from = reg->known_from;
    hiding.to->known_to = reg->known_to;
    *out_reg = TAKE(hiding.to);
    return TQ_OK;
}
