/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Snapshots of all tables together. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "verdict/dating.h"

#define SAME_BEFOREHAND 4. /* odds that two tables of one leak were taken at one moment */
#define COMMON_SHARE    .5 /* of all dated rows are of the snapshot that a small table takes */
#define FEW_AGREE       .5 /* of a small table's rows must have held then */
#define COPY_SHARE      .5 /* of a table's intervals are another's: what it says was said */

/* A snapshot of one table. */
struct member {
    size_t table;
    unsigned number; /* within its dating */
    uint32_t group;
    double width; /* of its support, in minutes */
};

/* Members that are of one snapshot. */
struct group {
    struct density place; /* owned */
    struct support support;
    uint32_t members;
    double rows; /* that it explains */
};

struct merge {
    const struct dated_table *tables;
    size_t table_count;
    struct member *members; /* owned; the sharpest first, once sorted */
    size_t member_count;
    struct group *groups; /* owned */
    uint32_t group_count;
};

static void merge_clear(struct merge *merge)
{
    for (uint32_t i = 0; i < merge->group_count; i++)
        density_clear(&merge->groups[i].place);
    free(merge->groups);
    free(merge->members);
}

static const struct density *place_of(const struct merge *merge, const struct member *member)
{
    return &merge->tables[member->table].evidence->places[member->number];
}

static struct snapshot *snapshot_of(const struct merge *merge, const struct member *member)
{
    return &merge->tables[member->table].dating->snapshots[member->number];
}

static int by_width(const void *a, const void *b)
{
    const struct member *left = a, *right = b;

    if (left->width != right->width)
        return left->width < right->width ? -1 : 1;
    if (left->table != right->table)
        return left->table < right->table ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

static int find_members(struct merge *merge, struct tq_error *err)
{
    size_t count = 0;

    for (size_t i = 0; i < merge->table_count; i++)
        count += merge->tables[i].dating->count;
    merge->members = alloc_zeroed(count + 1, sizeof(*merge->members));
    merge->groups = alloc_zeroed(count + 1, sizeof(*merge->groups));
    if (!merge->members || !merge->groups)
        return tq_no_memory(err);
    for (size_t i = 0; i < merge->table_count; i++) {
        for (unsigned k = 0; k < merge->tables[i].dating->count; k++) {
            struct member member = {.table = i, .number = k};
            struct support support = density_support(place_of(merge, &member));

            member.width = (double)support.to - support.from;
            merge->members[merge->member_count++] = member;
        }
    }
    qsort(merge->members, merge->member_count, sizeof(*merge->members), by_width);
    return TQ_OK;
}

/* The group that a member most likely belongs to; the number of groups if to none of them. */
static uint32_t find_group(const struct merge *merge, const struct density *place)
{
    double best_ratio = -log(SAME_BEFOREHAND);
    uint32_t best = merge->group_count;

    for (uint32_t i = 0; i < merge->group_count; i++) {
        double ratio = density_log_ratio(&merge->groups[i].place, place);

        if (ratio <= best_ratio)
            continue;
        best_ratio = ratio;
        best = i;
    }
    return best;
}

/* Whether an earlier member of the same table, or of one that is mostly the same, is of the group:
 * its rows have been heard. */
static bool is_heard(const struct merge *merge, const struct member *member)
{
    const struct row_sketch *own = &merge->tables[member->table].evidence->sketch;

    for (const struct member *other = merge->members; other < member; other++) {
        if (other->group != member->group)
            continue;
        if (other->table == member->table
            || row_sketch_overlap(&merge->tables[other->table].evidence->sketch, own) >= COPY_SHARE)
            return true;
    }
    return false;
}

static int add_member(struct merge *merge, struct member *member, struct tq_error *err)
{
    const struct snapshot *snapshot = snapshot_of(merge, member);
    const struct density *place = place_of(merge, member);
    struct density joined;
    struct group *group;
    int r;

    member->group = find_group(merge, place);
    group = &merge->groups[member->group];
    group->rows += snapshot->share * (double)merge->tables[member->table].dating->rows;
    if (is_heard(merge, member))
        return TQ_OK;
    if (member->group == merge->group_count)
        r = density_copy(place, &joined, err);
    else
        r = density_join(&group->place, place, &joined, err);
    if (r < 0)
        return r;
    merge->group_count += member->group == merge->group_count;
    density_clear(&group->place);
    group->place = joined;
    group->support =
        group->members++ > 0
            ? density_support(&joined)
            : (struct support){.from = snapshot->from, .to = snapshot->to, .best = snapshot->best};
    return TQ_OK;
}

/* ---- back to the tables ---- */

/* A snapshot that stands alone keeps its support: more is known of it than its density says. */
static void write_supports(struct merge *merge)
{
    for (size_t i = 0; i < merge->member_count; i++) {
        const struct group *group = &merge->groups[merge->members[i].group];
        struct snapshot *snapshot = snapshot_of(merge, &merge->members[i]);

        if (group->members < 2)
            continue;
        snapshot->from = group->support.from;
        snapshot->to = group->support.to;
        snapshot->best = group->support.best;
    }
}

static bool is_same(const struct snapshot *a, const struct snapshot *b)
{
    return a->from == b->from && a->to == b->to && a->best == b->best;
}

/* Snapshots of one table that turned out to be the same are one; the largest stays first. */
static void join_same(struct dating *dating)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < dating->count; i++) {
        struct snapshot snapshot = dating->snapshots[i];
        uint32_t at = 0;

        while (at < count && !is_same(&dating->snapshots[at], &snapshot))
            at++;
        if (at < count)
            snapshot.share += dating->snapshots[at].share;
        else
            count++;
        for (; at > 0 && dating->snapshots[at - 1].share < snapshot.share; at--)
            dating->snapshots[at] = dating->snapshots[at - 1];
        dating->snapshots[at] = snapshot;
    }
    dating->count = count;
}

/* The snapshot of most of the rows of all tables, or NULL if none has enough of them. */
static const struct group *find_commonest(const struct merge *merge)
{
    const struct group *best = NULL;
    double rows = 0;

    for (uint32_t i = 0; i < merge->group_count; i++) {
        rows += merge->groups[i].rows;
        if (!best || merge->groups[i].rows > best->rows)
            best = &merge->groups[i];
    }
    return best && best->rows > COMMON_SHARE * rows ? best : NULL;
}

static void date_small(const struct dated_table *table, const struct group *group)
{
    const struct dating_evidence *evidence = table->evidence;
    const struct support *support = &group->support;
    unsigned held = 0;

    for (unsigned i = 0; i < evidence->few_count; i++)
        held += evidence->few[i].from <= support->to && evidence->few[i].to > support->from;
    if (held == 0 || held < FEW_AGREE * evidence->few_count)
        return;
    table->dating->count = 1;
    table->dating->snapshots[0] = (struct snapshot){.from = support->from,
                                                    .to = support->to,
                                                    .best = support->best,
                                                    .share = (double)held / evidence->few_count};
}

static int merge_all(struct merge *merge, struct tq_error *err)
{
    const struct group *commonest;
    int r = find_members(merge, err);

    for (size_t i = 0; i < merge->member_count && r == TQ_OK; i++)
        r = add_member(merge, &merge->members[i], err);
    if (r < 0)
        return r;
    write_supports(merge);
    commonest = find_commonest(merge);
    for (size_t i = 0; i < merge->table_count; i++) {
        if (merge->tables[i].dating->count > 0)
            join_same(merge->tables[i].dating);
        else if (commonest)
            date_small(&merge->tables[i], commonest);
    }
    return TQ_OK;
}

int dating_merge(const struct dated_table *tables, size_t count, struct tq_error *err)
{
    CLEANUP(merge_clear) struct merge merge = {.tables = tables, .table_count = count};

    return merge_all(&merge, err);
}
