/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "inquiry/recapture_parts.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "mosaic/held_at.h"

#define GROUPS_MAX      4096u /* more values than this are no groups */
#define FACTS_PER_GROUP 8u    /* on average; fewer, and the values are rather names */

static bool is_grouping(const struct field *field, uint8_t kind)
{
    if (field->kind != kind || field->derived || field->periodic || field->fingerprints_only)
        return false;
    return (field->type == TYPE_CODE || field->type == TYPE_TEXT || field->type == TYPE_REF)
           && field->key_count >= 2 && field->key_count <= GROUPS_MAX
           && field->key_count <= field->fact_count / FACTS_PER_GROUP;
}

static unsigned count_groupings(const struct reg *reg, uint8_t kind)
{
    unsigned count = 0;

    for (uint16_t i = 0; i < reg->field_count; i++)
        count += is_grouping(&reg->fields[i], kind);
    return count;
}

/* The group of each subject: the first value that it ever held, or one of its own for nothing. */
static int find_groups(const struct reg *reg, uint16_t number, uint16_t *of, struct tq_error *err)
{
    const struct field *field = &reg->fields[number];
    struct target target = held_at_target(number, FIELD_NONE);
    struct held_list list = {0};
    int r = TQ_OK;

    for (uint32_t i = 0; i < reg->kinds[field->kind].subject_count && r == TQ_OK; i++) {
        r = held_find(reg, &target, i, MONTH_NONE, &list, err);
        of[i] = (uint16_t)field->key_count;
        if (r == TQ_OK && list.count > 0 && list.items[0].key < field->key_count)
            of[i] = (uint16_t)list.items[0].key;
    }
    held_list_clear(&list);
    return r;
}

static int compare_field(struct inquiry *inquiry, uint16_t number, unsigned ways,
                         struct finder_pair *pairs, size_t count, struct tq_error *err)
{
    const struct reg *reg = inquiry->request->reg;
    const struct field *field = &reg->fields[number];
    CLEANUP(free_cleanup)
    uint16_t *of = alloc_zeroed((size_t)reg->kinds[field->kind].subject_count + 1, sizeof(*of));
    bool none[REGISTER_FIELDS_MAX] = {false};
    int r = of ? reg_load_field(reg, number, FIELD_HELD | FIELD_TIMES, err) : tq_no_memory(err);

    if (r == TQ_OK)
        r = find_groups(reg, number, of, err);
    for (size_t i = 0; i < count && r == TQ_OK; i++) {
        struct finder_pair *pair = &pairs[i];
        bool is_taken = false;

        if (pair->first == pair->second)
            continue;
        r = assessment_compare_parts(inquiry->assessment, pair->first, pair->second, of,
                                     (size_t)field->key_count + 1, ways, &pair->row, &is_taken,
                                     err);
        if (is_taken)
            pair->row.parts = slice_of(field->name);
    }
    reg_keep(reg, none);
    return r;
}

int recapture_compare_fields(struct inquiry *inquiry, uint8_t kind, struct finder_pair *pairs,
                             size_t count, struct tq_error *err)
{
    const struct reg *reg = inquiry->request->reg;
    unsigned ways = 1 + count_groupings(reg, kind); /* the register's own order is one */
    int r = TQ_OK;

    if (count == 0 || reg->fingerprints_only)
        return TQ_OK;
    for (uint16_t i = 0; i < reg->field_count && r == TQ_OK; i++) {
        if (is_grouping(&reg->fields[i], kind))
            r = compare_field(inquiry, i, ways, pairs, count, err);
    }
    return r;
}
