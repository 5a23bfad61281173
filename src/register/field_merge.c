/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/field_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "register/fact_stream.h"
#include "register/field_merge_texts.h"
#include "register/sealed.h"
#include "register/share.h"

DEFINE_CLEANUP(struct fact_stream *, fact_stream_free)

/* Facts of one subject, or of all, by rank of their values. */
struct facts {
    struct fact *items; /* owned */
    size_t count, capacity;
};

struct merging {
    const struct past *past;
    uint32_t subject_count;
    struct merged_texts texts;
    bool *used;        /* owned, by rank */
    struct facts rows; /* what came in, by final number of the subject */
    size_t next_row;
    struct facts old, mixed; /* of the subject at hand */
    struct facts before;     /* what rows say was known before past->since */

    /* The arrays of the field. */
    uint32_t *start, *value;
    int32_t *known_from, *known_to, *valid_from, *valid_to;
    uint16_t *period;
    uint32_t written;
    uint32_t subject; /* the next whose facts are written */
    bool any_known, any_valid;
};

static void merging_clear_cleanup(struct merging *merging)
{
    merged_texts_clear(&merging->texts);
    free(merging->used);
    free(merging->rows.items);
    free(merging->old.items);
    free(merging->mixed.items);
    free(merging->before.items);
}

static int add_fact(struct facts *facts, const struct fact *fact, struct tq_error *err)
{
    int r = alloc_reserve(&facts->items, &facts->capacity, facts->count + 1, sizeof(*fact), err);

    if (r == TQ_OK)
        facts->items[facts->count++] = *fact;
    return r;
}

/* ---- what came in ---- */

static int compare_subjects(const void *a, const void *b)
{
    const struct fact *x = a, *y = b;

    return (x->subject > y->subject) - (x->subject < y->subject);
}

static int collect_rows(struct merging *merging, const struct fact_list *list,
                        const uint32_t *subject_rank, struct tq_error *err)
{
    struct fact_cursor cursor = {0};
    struct fact fact;

    while (fact_list_next(list, &cursor, &fact)) {
        int r;

        fact.subject = subject_rank[fact.subject];
        fact.value = merging->texts.new_rank[fact.value];
        r = add_fact(&merging->rows, &fact, err);
        if (r < 0)
            return r;
    }
    if (merging->rows.count > 1)
        qsort(merging->rows.items, merging->rows.count, sizeof(fact), compare_subjects);
    return TQ_OK;
}

/* ---- the field's arrays ---- */

static int make_interval(bool wanted, size_t count, struct register_file *file, int32_t **from,
                         int32_t **to, struct tq_error *err)
{
    if (!wanted)
        return TQ_OK;
    *from = register_file_array(file, count, sizeof(**from));
    *to = register_file_array(file, count, sizeof(**to));
    return *from && *to ? TQ_OK : tq_no_memory(err);
}

/* Those of the times that any fact may need. */
static int make_times(struct merging *merging, const struct fact_list *list, size_t count,
                      struct register_file *file, struct tq_error *err)
{
    const struct past *past = merging->past;
    bool known = sealed_has(past->reg->sealed, past->field, SHARE_KNOWN_FROM);
    bool valid = sealed_has(past->reg->sealed, past->field, SHARE_VALID_FROM);
    int r = make_interval(known || list->has_known, count, file, &merging->known_from,
                          &merging->known_to, err);

    return r < 0 ? r
                 : make_interval(valid || list->has_valid, count, file, &merging->valid_from,
                                 &merging->valid_to, err);
}

static int make_arrays(struct merging *merging, const struct fact_list *list,
                       const struct field *field, struct register_file *file, struct tq_error *err)
{
    size_t count =
        merging->past->reg->fields[merging->past->field].fact_count + merging->rows.count;

    if (count > REGISTER_ITEMS_MAX)
        return tq_fail(err, TQ_E_LIMIT, "more than %u facts of one field", REGISTER_ITEMS_MAX);
    merging->start =
        register_file_array(file, (size_t)merging->subject_count + 1, sizeof(*merging->start));
    merging->value = register_file_array(file, count, sizeof(*merging->value));
    if (!merging->start || !merging->value)
        return tq_no_memory(err);
    if (field->periodic) {
        merging->period = register_file_array(file, count, sizeof(*merging->period));
        if (!merging->period)
            return tq_no_memory(err);
    }
    return make_times(merging, list, count, file, err);
}

static void put_fact(struct merging *merging, const struct fact *fact)
{
    uint32_t i = merging->written++;

    merging->value[i] = fact->value;
    merging->used[fact->value] = true;
    if (merging->known_from) {
        merging->known_from[i] = fact->known_from;
        merging->known_to[i] = fact->known_to;
    }
    if (merging->valid_from) {
        merging->valid_from[i] = fact->valid_from;
        merging->valid_to[i] = fact->valid_to;
    }
    merging->any_known |= fact_is_known_in_time(fact);
    merging->any_valid |= fact_is_valid_in_time(fact);
    if (merging->period)
        merging->period[i] = fact->period;
}

static void put_facts(struct merging *merging, const struct fact *facts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_fact(merging, &facts[i]);
}

/* ---- a subject ---- */

/* What of facts was known before T, settled. */
static int keep_before(struct facts *out, const struct fact *facts, size_t count, int32_t since,
                       struct tq_error *err)
{
    out->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct fact fact = facts[i];
        int r;

        if (fact.known_from >= since)
            continue;
        if (fact.known_to > since)
            fact.known_to = since;
        r = add_fact(out, &fact, err);
        if (r < 0)
            return r;
    }
    out->count = facts_settle(out->items, out->count);
    return TQ_OK;
}

static bool same_fact(const struct fact *a, const struct fact *b)
{
    return a->value == b->value && a->period == b->period && a->known_from == b->known_from
           && a->known_to == b->known_to && a->valid_from == b->valid_from
           && a->valid_to == b->valid_to;
}

static int past_changed(const struct merging *merging, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf since = {0};

    moment_format(&since, merging->past->since);
    return tq_fail(err, TQ_E_USAGE,
                   "field '%s': rows known before %s are not those that the old register was built "
                   "from: they were changed, deleted or dated back since; build without --since, "
                   "or with a larger --margin if rows are only late",
                   merging->past->reg->fields[merging->past->field].name,
                   since.data ? since.data : "");
}

/* The past does not change: where it does, known times are not what they are taken for, and other
 * rows may have changed that nobody looked at. */
static int check_past(struct merging *merging, const struct fact *rows, size_t count,
                      struct tq_error *err)
{
    struct facts *old = &merging->mixed, *now = &merging->before;
    int r = keep_before(old, merging->old.items, merging->old.count, merging->past->since, err);
    bool same;

    if (r == TQ_OK)
        r = keep_before(now, rows, count, merging->past->since, err);
    if (r < 0)
        return r;
    same = old->count == now->count;
    for (size_t i = 0; same && i < old->count; i++)
        same = same_fact(&old->items[i], &now->items[i]);
    return same ? TQ_OK : past_changed(merging, err);
}

/* Old facts and rows of one subject together. */
static int mix(struct merging *merging, const struct fact *rows, size_t count, struct tq_error *err)
{
    struct facts *mixed = &merging->mixed;
    int r = TQ_OK;

    mixed->count = 0;
    for (size_t i = 0; i < merging->old.count && r == TQ_OK; i++)
        r = add_fact(mixed, &merging->old.items[i], err);
    for (size_t i = 0; i < count && r == TQ_OK; i++)
        r = add_fact(mixed, &rows[i], err);
    if (r < 0)
        return r;
    mixed->count = facts_settle(mixed->items, mixed->count);
    facts_order(mixed->items, mixed->count);
    put_facts(merging, mixed->items, mixed->count);
    return TQ_OK;
}

/* The facts of the next subject, whose old ones are at hand. */
static int write_subject(struct merging *merging, bool touched, struct tq_error *err)
{
    struct fact *rows = merging->rows.items + merging->next_row;
    size_t count = 0;
    int r = TQ_OK;

    while (merging->next_row + count < merging->rows.count
           && rows[count].subject == merging->subject) {
        rows[count].subject = 0; /* as in the old ones: to be compared with */
        count++;
    }
    merging->next_row += count;
    if (touched)
        r = check_past(merging, rows, count, err);
    if (touched)
        merging->old.count = 0;
    if (r == TQ_OK && count > 0)
        r = mix(merging, rows, count, err);
    else
        put_facts(merging, merging->old.items, merging->old.count);
    merging->old.count = 0;
    merging->start[++merging->subject] = merging->written;
    return r;
}

/* Subjects before `subject`, of whom nothing is old. */
static int write_new_subjects(struct merging *merging, uint32_t subject, struct tq_error *err)
{
    int r = TQ_OK;

    while (merging->subject < subject && r == TQ_OK)
        r = write_subject(merging, false, err);
    return r;
}

/* The old facts of one old subject are complete. */
static int end_old_subject(struct merging *merging, uint32_t old, uint32_t subject,
                           struct tq_error *err)
{
    int r;

    if (merging->old.count == 0)
        return TQ_OK;
    if (subject != SUBJECT_NONE)
        return write_subject(merging, merging->past->touched[old], err);
    r = check_past(merging, NULL, 0, err); /* no row names it any more */
    merging->old.count = 0;
    return r;
}

/* ---- the older field ---- */

static uint32_t final_number(const struct merging *merging, const uint32_t *subject_rank,
                             uint32_t old)
{
    uint32_t subject = merging->past->subjects[old];

    return subject == SUBJECT_NONE ? SUBJECT_NONE : subject_rank[subject];
}

/* Both registers number subjects in the order of their keys, so theirs rise together. */
static int go_through(struct merging *merging, const uint32_t *subject_rank, struct tq_error *err)
{
    CLEANUP(fact_stream_free_cleanup) struct fact_stream *stream = NULL;
    uint32_t old = SUBJECT_NONE, subject = SUBJECT_NONE;
    bool any = true;
    int r = fact_stream_open(merging->past->reg, merging->past->field, &stream, err);

    while (r == TQ_OK) {
        struct fact fact;

        r = fact_stream_next(stream, &fact, &any, err);
        if (r < 0 || !any)
            break;
        if (fact.subject != old) {
            r = end_old_subject(merging, old, subject, err);
            old = fact.subject;
            subject = final_number(merging, subject_rank, old);
            if (r == TQ_OK && subject != SUBJECT_NONE)
                r = write_new_subjects(merging, subject, err);
        }
        fact.subject = 0;
        fact.value = merging->texts.old_rank[fact.value];
        if (r == TQ_OK)
            r = add_fact(&merging->old, &fact, err);
    }
    if (r == TQ_OK)
        r = end_old_subject(merging, old, subject, err);
    return r < 0 ? r : write_new_subjects(merging, merging->subject_count, err);
}

/* ---- the end ---- */

static void finish_facts(struct merging *merging, const uint32_t *number,
                         struct register_file *file, struct field *field)
{
    for (uint32_t i = 0; i < merging->written; i++)
        merging->value[i] = number[merging->value[i]];
    field->fact_start = merging->start;
    field->fact_count = merging->written;
    field->fact_value = merging->value;
    field->fact_period = merging->period;
    if (merging->any_known) {
        field->known_from = merging->known_from;
        field->known_to = merging->known_to;
    } else {
        register_file_release(file, merging->known_from);
        register_file_release(file, merging->known_to);
    }
    if (merging->any_valid) {
        field->valid_from = merging->valid_from;
        field->valid_to = merging->valid_to;
    } else {
        register_file_release(file, merging->valid_from);
        register_file_release(file, merging->valid_to);
    }
}

int field_merge(const struct past *past, const struct growing_field *growing,
                const uint32_t *subject_rank, uint32_t subject_count, struct register_file *file,
                struct field *field, struct tq_error *err)
{
    CLEANUP(merging_clear_cleanup)
    struct merging merging = {.past = past, .subject_count = subject_count};
    CLEANUP(free_cleanup) uint32_t *number = NULL;
    int r = merged_texts_read(past, growing, &merging.texts, err);

    if (r < 0)
        return r;
    merging.used = alloc_zeroed((size_t)merging.texts.count + 1, sizeof(*merging.used));
    if (!merging.used)
        return tq_no_memory(err);
    r = collect_rows(&merging, &growing->facts, subject_rank, err);
    if (r == TQ_OK)
        r = make_arrays(&merging, &growing->facts, field, file, err);
    if (r == TQ_OK)
        r = go_through(&merging, subject_rank, err);
    if (r == TQ_OK)
        r = merged_texts_write(&merging.texts, merging.used, file, field, &number, err);
    if (r == TQ_OK)
        finish_facts(&merging, number, file, field);
    return r;
}
