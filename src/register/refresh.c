/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/refresh.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "register/stored_read.h"

struct refresh {
    struct refresh_request request;
    bool *whole;         /* owned, by table */
    size_t *first;       /* owned, by table: the first of its family */
    bool **touched;      /* owned, by first table, and each by number in the older register */
    size_t *feeder;      /* owned, by field of the description: a table that feeds it */
    uint16_t *old_field; /* owned, by field of the description: in the older register */
    uint32_t *subjects[REGISTER_KINDS_MAX]; /* owned: the assembler's number, by number in the older
                                             * register; SUBJECT_NONE: it holds nothing any more */
};

DEFINE_CLEANUP(struct refresh *, refresh_free)

struct refresh *refresh_free(struct refresh *refresh)
{
    if (!refresh)
        return NULL;
    for (size_t i = 0; refresh->touched && i < refresh->request.description->table_count; i++)
        free(refresh->touched[i]);
    for (size_t i = 0; i < REGISTER_KINDS_MAX; i++)
        free(refresh->subjects[i]);
    free(refresh->whole);
    free(refresh->first);
    free(refresh->touched);
    free(refresh->feeder);
    free(refresh->old_field);
    free(refresh);
    return NULL;
}

int32_t refresh_since(const struct refresh *refresh)
{
    return refresh->request.since;
}

int32_t refresh_as_of(const struct refresh *refresh)
{
    return refresh->request.old->source.as_of;
}

/* ---- tables ---- */

static int find_fields(struct refresh *refresh, struct tq_error *err)
{
    const struct description *description = refresh->request.description;
    const struct reg *old = refresh->request.old;

    for (size_t i = 0; i < description->field_count; i++) {
        const struct described_field *field = &description->fields[i];

        refresh->old_field[i] = reg_find_field(old, field->kind, slice_of(field->name));
        if (refresh->old_field[i] == FIELD_NONE)
            return tq_fail(err, TQ_E_SYNTAX, "the old register has no field '%s'", field->name);
    }
    for (size_t t = description->table_count; t-- > 0;) {
        for (size_t c = 0; c < description->tables[t].column_count; c++)
            refresh->feeder[description->tables[t].columns[c].field] = t;
    }
    return TQ_OK;
}

int refresh_new(const struct refresh_request *request, struct refresh **out_refresh,
                struct tq_error *err)
{
    CLEANUP(refresh_free_cleanup) struct refresh *refresh = alloc_zeroed(1, sizeof(*refresh));
    size_t tables = request->description->table_count, fields = request->description->field_count;
    int r;

    if (!refresh)
        return tq_no_memory(err);
    refresh->request = *request;
    refresh->whole = alloc_zeroed(tables + 1, sizeof(*refresh->whole));
    refresh->first = alloc_zeroed(tables + 1, sizeof(*refresh->first));
    refresh->touched = alloc_zeroed(tables + 1, sizeof(*refresh->touched));
    refresh->feeder = alloc_zeroed(fields + 1, sizeof(*refresh->feeder));
    refresh->old_field = alloc_zeroed(fields + 1, sizeof(*refresh->old_field));
    if (!refresh->whole || !refresh->first || !refresh->touched || !refresh->feeder
        || !refresh->old_field)
        return tq_no_memory(err);
    r = find_fields(refresh, err);
    if (r == TQ_OK)
        r = reg_load_subjects(request->old, err);
    if (r < 0)
        return r;
    *out_refresh = TAKE(refresh);
    return TQ_OK;
}

void refresh_whole(struct refresh *refresh, size_t table)
{
    refresh->whole[table] = true;
}

bool refresh_is_whole(const struct refresh *refresh, size_t table)
{
    return refresh->whole[table];
}

size_t refresh_family(const struct refresh *refresh, size_t table)
{
    return refresh->first[table];
}

/* Give tables `a` and `b`, which feed one field, what either has; whether that was news. */
static bool join(struct refresh *refresh, size_t a, size_t b)
{
    size_t *first = refresh->first;
    bool *whole = refresh->whole;

    if (first[a] == first[b] && whole[a] == whole[b])
        return false;
    first[a] = first[b] = first[a] < first[b] ? first[a] : first[b];
    whole[a] = whole[b] = whole[a] || whole[b];
    return true;
}

/* One round over all columns. */
static bool join_feeders(struct refresh *refresh)
{
    const struct description *description = refresh->request.description;
    bool any = false;

    for (size_t t = 0; t < description->table_count; t++) {
        for (size_t c = 0; c < description->tables[t].column_count; c++)
            any |= join(refresh, t, refresh->feeder[description->tables[t].columns[c].field]);
    }
    return any;
}

static int make_touched(struct refresh *refresh, size_t family, struct tq_error *err)
{
    uint8_t kind = refresh->request.description->tables[family].kind;
    size_t count = refresh->request.old->kinds[kind].subject_count;

    refresh->touched[family] = alloc_zeroed(count + 1, sizeof(bool));
    return refresh->touched[family] ? TQ_OK : tq_no_memory(err);
}

int refresh_settle(struct refresh *refresh, struct tq_error *err)
{
    size_t count = refresh->request.description->table_count;

    for (size_t t = 0; t < count; t++)
        refresh->first[t] = t;
    while (join_feeders(refresh))
        ;
    for (size_t t = 0; t < count; t++) {
        int r =
            refresh->first[t] == t && !refresh->whole[t] ? make_touched(refresh, t, err) : TQ_OK;

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

void refresh_touch(struct refresh *refresh, size_t family, struct slice key)
{
    uint8_t kind = refresh->request.description->tables[family].kind;
    uint32_t subject = reg_find_subject(refresh->request.old, kind, key);

    if (subject != SUBJECT_NONE)
        refresh->touched[family][subject] = true;
}

/* ---- subjects ---- */

/* What is known of the subjects of a kind, by their old numbers. */
struct presence {
    bool *held, *stays; /* owned: it held a fact; one of them stays */
};

static void presence_clear_cleanup(struct presence *presence)
{
    free(presence->held);
    free(presence->stays);
}

/* Who has facts of a field, and whose stay. */
static int look_at_field(const struct refresh *refresh, size_t field, struct presence *presence,
                         struct tq_error *err)
{
    const struct reg *old = refresh->request.old;
    size_t family = refresh->first[refresh->feeder[field]];
    const bool *touched = refresh->touched[family];
    uint32_t count = old->kinds[refresh->request.description->fields[field].kind].subject_count;
    CLEANUP(free_cleanup) void *items = NULL;
    const uint32_t *start;
    int r = stored_read(old, refresh->old_field[field], STORED_START, &items, err);

    if (r < 0)
        return r;
    start = items;
    for (uint32_t i = 0; i < count; i++) {
        bool holds = start[i + 1] > start[i];

        presence->held[i] |= holds;
        presence->stays[i] |= holds && !refresh->whole[family] && !touched[i];
    }
    return TQ_OK;
}

static int look_at_kind(const struct refresh *refresh, uint8_t kind, struct presence *presence,
                        struct tq_error *err)
{
    const struct description *description = refresh->request.description;
    size_t count = refresh->request.old->kinds[kind].subject_count;

    presence->held = alloc_zeroed(count + 1, sizeof(bool));
    presence->stays = alloc_zeroed(count + 1, sizeof(bool));
    if (!presence->held || !presence->stays)
        return tq_no_memory(err);
    for (size_t i = 0; i < description->field_count; i++) {
        int r =
            description->fields[i].kind == kind ? look_at_field(refresh, i, presence, err) : TQ_OK;

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/*
 * Subjects that still hold something, in the order of their numbers. One that never held a value
 * is there because a row names it, and stays if that row may be one that does not come in again.
 */
static int begin_kind(struct refresh *refresh, uint8_t kind, bool by_change, struct tq_error *err)
{
    const struct reg *old = refresh->request.old;
    uint32_t count = old->kinds[kind].subject_count;
    CLEANUP(presence_clear_cleanup) struct presence presence = {0};
    uint32_t *subjects = alloc_resize(NULL, (size_t)count + 1, sizeof(*subjects));
    int r;

    if (!subjects)
        return tq_no_memory(err);
    refresh->subjects[kind] = subjects;
    r = look_at_kind(refresh, kind, &presence, err);
    for (uint32_t i = 0; i < count && r == TQ_OK; i++) {
        subjects[i] = SUBJECT_NONE;
        if (presence.stays[i] || (by_change && !presence.held[i]))
            r = assemble_subject(refresh->request.assemble, kind, reg_subject_key(old, kind, i),
                                 &subjects[i], err);
    }
    return r;
}

/* The field of the description that the assembler has under a number. */
static size_t described_field(const struct refresh *refresh, uint16_t field)
{
    size_t i = 0;

    while (refresh->request.fields[i] != field)
        i++;
    return i;
}

/* An assemble_past. */
static bool tell_past(void *state, uint16_t field, struct past *out_past)
{
    const struct refresh *refresh = state;
    size_t described = described_field(refresh, field);
    size_t family = refresh->first[refresh->feeder[described]];

    if (refresh->whole[family])
        return false;
    *out_past = (struct past){
        .reg = refresh->request.old,
        .field = refresh->old_field[described],
        .subjects = refresh->subjects[refresh->request.description->fields[described].kind],
        .touched = refresh->touched[family],
        .since = refresh->request.since};
    return true;
}

int refresh_begin(struct refresh *refresh, struct tq_error *err)
{
    const struct description *description = refresh->request.description;

    for (uint8_t kind = 0; kind < description->kind_count; kind++) {
        bool by_change = false;
        int r;

        for (size_t t = 0; t < description->table_count; t++)
            by_change |= description->tables[t].kind == kind && !refresh->whole[t];
        r = begin_kind(refresh, kind, by_change, err);
        if (r < 0)
            return r;
    }
    assemble_set_past(refresh->request.assemble, tell_past, refresh);
    return TQ_OK;
}

/* Touched subjects that rows have added anew. */
static void end_family(struct refresh *refresh, size_t first)
{
    const struct reg *old = refresh->request.old;
    uint8_t kind = refresh->request.description->tables[first].kind;

    for (uint32_t i = 0; i < old->kinds[kind].subject_count; i++) {
        if (refresh->touched[first][i] && refresh->subjects[kind][i] == SUBJECT_NONE)
            refresh->subjects[kind][i] = assemble_find_subject(refresh->request.assemble, kind,
                                                               reg_subject_key(old, kind, i));
    }
}

void refresh_end(struct refresh *refresh)
{
    for (size_t t = 0; t < refresh->request.description->table_count; t++) {
        if (refresh->touched[t])
            end_family(refresh, t);
    }
}
