/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/kind_choice.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define EXPLAINED_WELL 25. /* nats a row: below, the words of names have a say */
#define SHARED_RATIO   1.5 /* subjects that refer, for each that they refer to */
#define ROWS_PERCENT   50u /* of the linked rows: name both, and the one refers to the other */

/* The kind that explains most, unless it explains little and another kind's names stand there. */
static uint8_t explains_most(const struct reg *reg, const struct hypothesis *hypotheses,
                             const uint32_t *name_columns)
{
    double most = 0;
    bool names_decide;
    uint8_t best = KIND_NONE;

    for (uint8_t k = 0; k < reg->kind_count; k++) {
        if (hypotheses[k].explained > most)
            most = hypotheses[k].explained;
    }
    names_decide = most < EXPLAINED_WELL;
    for (uint8_t k = 0; k < reg->kind_count; k++) {
        bool named = names_decide && name_columns[k] > 0;
        bool best_named;

        if (!named && hypotheses[k].explained <= 0)
            continue;
        if (best == KIND_NONE) {
            best = k;
            continue;
        }
        best_named = names_decide && name_columns[best] > 0;
        if (named != best_named ? named : hypotheses[k].explained > hypotheses[best].explained)
            best = k;
    }
    return best;
}

/* A row that names a subject of both kinds. */
struct couple {
    uint32_t by, to;
    bool refers; /* `by` refers to `to`, at any time and in any period */
};

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static uint32_t count_distinct(uint32_t *subjects, uint32_t count)
{
    uint32_t distinct = 0;

    qsort(subjects, count, sizeof(*subjects), compare_numbers);
    for (uint32_t i = 0; i < count; i++)
        distinct += i == 0 || subjects[i] != subjects[i - 1];
    return distinct;
}

/* Whether those who refer are clearly more than those referred to. `count` is not 0. */
static int are_shared(const struct couple *couples, uint32_t count, bool *out_shared,
                      struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *subjects = alloc_zeroed(count, sizeof(*subjects));
    uint32_t by, to;

    if (!subjects)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < count; i++)
        subjects[i] = couples[i].by;
    by = count_distinct(subjects, count);
    for (uint32_t i = 0; i < count; i++)
        subjects[i] = couples[i].to;
    to = count_distinct(subjects, count);
    *out_shared = by >= SHARED_RATIO * to;
    return TQ_OK;
}

static bool holds_reference(const struct field *field, uint32_t by, uint32_t to)
{
    for (uint64_t i = field->fact_start[by]; i < field->fact_start[by + 1]; i++) {
        if (field->key_subject[field->fact_key[i]] == to)
            return true;
    }
    return false;
}

/* Mark the couples that some reference of kind `by` to kind `to` joins; returns how many there are.
 */
static int mark_references(const struct reg *reg, uint8_t by, uint8_t to, struct couple *couples,
                           uint32_t count, uint32_t *out_refer, struct tq_error *err)
{
    const struct kind *kind = &reg->kinds[by];
    uint32_t refer = 0;

    for (uint16_t f = kind->field_first; f < kind->field_first + kind->field_count; f++) {
        const struct field *field = reg_field(reg, f);
        int r;

        if (field->type != TYPE_REF || field->ref_kind != to)
            continue;
        r = reg_load_field(reg, f, FIELD_HELD, err);
        if (r < 0)
            return r;
        for (uint32_t i = 0; i < count && field->key_subject; i++)
            couples[i].refers |= holds_reference(field, couples[i].by, couples[i].to);
    }
    for (uint32_t i = 0; i < count; i++)
        refer += couples[i].refers;
    *out_refer = refer;
    return TQ_OK;
}

/* Whether the rows are about subjects of `by`, and `to` is what several of them have in common. */
static int is_context_of(const struct reg *reg, const struct hypothesis *to,
                         const struct hypothesis *by, bool *out_context, struct tq_error *err)
{
    uint32_t rows = to->linked.sample->row_count, count = 0, refer;
    CLEANUP(free_cleanup) struct couple *couples = alloc_zeroed(rows + 1, sizeof(*couples));
    bool shared = false;
    int r;

    *out_context = false;
    if (!couples)
        return tq_no_memory(err);
    for (uint32_t row = 0; row < rows; row++) {
        if (by->subject[row] != SUBJECT_NONE && to->subject[row] != SUBJECT_NONE)
            couples[count++] = (struct couple){by->subject[row], to->subject[row], false};
    }
    if (count == 0 || (uint64_t)count * 100 < (uint64_t)to->linked_rows * ROWS_PERCENT)
        return TQ_OK;
    r = are_shared(couples, count, &shared, err);
    if (r < 0 || !shared)
        return r;
    r = mark_references(reg, by->kind, to->kind, couples, count, &refer, err);
    if (r == TQ_OK)
        *out_context = (uint64_t)refer * 100 >= (uint64_t)to->linked_rows * ROWS_PERCENT;
    return r;
}

int kind_choose(const struct reg *reg, const struct hypothesis *hypotheses,
                const uint32_t *name_columns, uint8_t *out_kind, struct tq_error *err)
{
    uint8_t best = explains_most(reg, hypotheses, name_columns), about = best;

    for (uint8_t k = 0; k < reg->kind_count && best != KIND_NONE; k++) {
        bool context;
        int r;

        if (k == best || hypotheses[k].explained <= 0
            || (about != best && hypotheses[k].explained <= hypotheses[about].explained))
            continue;
        r = is_context_of(reg, &hypotheses[best], &hypotheses[k], &context, err);
        if (r < 0)
            return r;
        if (context)
            about = k;
    }
    *out_kind = about;
    return TQ_OK;
}
