/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "assess/assess.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "assess/severity.h"
#include "assess/subject_set.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/reading.h"

enum measure {
    AFFECTED,
    NAMED_FALSELY,
    EXPOSED,
    MEASURE_COUNT
};

static const char *const measure_names[MEASURE_COUNT] = {
    [AFFECTED] = "affected", [NAMED_FALSELY] = "named_falsely", [EXPOSED] = "exposed"};

#define ALL_CATEGORIES CATEGORY_COUNT /* index of the set that is not by category */
#define CATEGORY_SETS  (CATEGORY_COUNT + 1)

struct record_counts {
    uint64_t all[RECORD_VERDICT_COUNT], likely[RECORD_VERDICT_COUNT];
};

/* All that is counted about one kind. */
struct kind_counts {
    char *name; /* owned */
    uint32_t subject_count;
    struct record_counts records;
    struct subject_set sets[MEASURE_COUNT][CATEGORY_SETS];
    uint32_t *subject_records, *subject_documents; /* owned; by subject; NULL: nothing yet */
    uint8_t *traits;                               /* owned; enum trait, or-ed; by subject */
};

struct assessment {
    uint8_t kind_count;
    struct kind_counts *kinds;           /* owned */
    struct record_counts unread_records; /* of tables that name nobody */
    struct count_row *rows;              /* owned; as last counted */
    size_t row_count, row_capacity;
};

DEFINE_CLEANUP(struct assessment *, assessment_free)

/* What the cells of one record do to its subject. */
struct record_effect {
    uint16_t exposed, falsified; /* a bit per category */
    uint8_t traits;
};

int assessment_new(uint8_t kind_count, const char *const *kind_names,
                   const uint32_t *subject_counts, struct assessment **out, struct tq_error *err)
{
    CLEANUP(assessment_free_cleanup)
    struct assessment *assessment = alloc_zeroed(1, sizeof(*assessment));

    if (!assessment)
        return tq_no_memory(err);
    assessment->kinds = alloc_zeroed((size_t)kind_count + 1, sizeof(*assessment->kinds));
    if (!assessment->kinds)
        return tq_no_memory(err);
    assessment->kind_count = kind_count;
    for (unsigned i = 0; i < kind_count; i++) {
        struct kind_counts *kind = &assessment->kinds[i];
        size_t length = strlen(kind_names[i]);

        kind->name = alloc_zeroed(length + 1, 1);
        if (!kind->name)
            return tq_no_memory(err);
        memcpy(kind->name, kind_names[i], length);
        kind->subject_count = subject_counts[i];
    }
    *out = TAKE(assessment);
    return TQ_OK;
}

static void kind_clear(struct kind_counts *kind)
{
    for (unsigned measure = 0; measure < MEASURE_COUNT; measure++) {
        for (unsigned category = 0; category < CATEGORY_SETS; category++)
            subject_set_clear(&kind->sets[measure][category]);
    }
    free(kind->name);
    free(kind->subject_records);
    free(kind->subject_documents);
    free(kind->traits);
}

struct assessment *assessment_free(struct assessment *assessment)
{
    if (assessment) {
        for (unsigned i = 0; assessment->kinds && i < assessment->kind_count; i++)
            kind_clear(&assessment->kinds[i]);
        free(assessment->kinds);
        free(assessment->rows);
        free(assessment);
    }
    return NULL;
}

static int make_counters(struct kind_counts *kind, struct tq_error *err)
{
    size_t count = (size_t)kind->subject_count + 1;

    if (!kind->subject_records)
        kind->subject_records = alloc_zeroed(count, sizeof(*kind->subject_records));
    if (!kind->subject_documents)
        kind->subject_documents = alloc_zeroed(count, sizeof(*kind->subject_documents));
    if (!kind->traits)
        kind->traits = alloc_zeroed(count, sizeof(*kind->traits));
    return kind->subject_records && kind->subject_documents && kind->traits ? TQ_OK
                                                                            : tq_no_memory(err);
}

/* ---- adding ---- */

/* Put a subject into the set of a measure, and into those of some categories. */
static int mark(struct kind_counts *kind, enum measure measure, uint16_t categories,
                uint32_t subject, enum certainty certainty, struct tq_error *err)
{
    int r = subject_set_add(&kind->sets[measure][ALL_CATEGORIES], kind->subject_count, subject,
                            certainty, err);

    while (categories && r == TQ_OK) {
        unsigned category = (unsigned)__builtin_ctz(categories);

        r = subject_set_add(&kind->sets[measure][category], kind->subject_count, subject, certainty,
                            err);
        categories = (uint16_t)(categories & (categories - 1));
    }
    return r;
}

static int expose(struct kind_counts *kind, enum category category, enum value_type type,
                  uint32_t subject, enum certainty certainty, struct tq_error *err)
{
    int r = make_counters(kind, err);

    if (r < 0)
        return r;
    kind->traits[subject] |= severity_traits(type, category);
    return mark(kind, EXPOSED, (uint16_t)(1u << category), subject, certainty, err);
}

/* Subjects other than the record's own whose value a cell tells. */
static int expose_others(struct assessment *assessment, uint8_t kind,
                         const struct column_meaning *column, const struct cell_finding *cell,
                         uint32_t holder, enum certainty certainty, struct tq_error *err)
{
    if (cell->verdict == CELL_OTHER_SUBJECT) {
        if (cell->other >= assessment->kinds[kind].subject_count)
            return TQ_OK;
        return expose(&assessment->kinds[kind], column->category, column->type, cell->other,
                      certainty, err);
    }
    if (!column->through || !cell_exposes(cell->verdict) || cell->ground == GROUND_NOT_YET
        || column->holder_kind >= assessment->kind_count
        || holder >= assessment->kinds[column->holder_kind].subject_count)
        return TQ_OK;
    return expose(&assessment->kinds[column->holder_kind], column->holder_category, column->type,
                  holder, certainty, err);
}

static void add_effect(const struct column_meaning *column, const struct cell_finding *cell,
                       struct record_effect *effect)
{
    uint16_t bit = (uint16_t)(1u << column->category);

    if (cell->ground == GROUND_NOT_YET)
        return; /* an empty cell tells nothing, even if it was empty for a reason */
    if (cell_exposes(cell->verdict)) {
        effect->exposed |= bit;
        if (!column->through)
            effect->traits |= severity_traits(column->type, column->category);
    } else if (cell->verdict == CELL_CONTRADICTS || cell->verdict == CELL_OTHER_SUBJECT) {
        effect->falsified |= bit;
    }
}

static bool is_affecting(enum record_verdict verdict)
{
    return verdict == RECORD_AUTHENTIC || verdict == RECORD_STALE || verdict == RECORD_INCOMPLETE;
}

static bool is_falsifying(enum record_verdict verdict)
{
    return verdict == RECORD_ALTERED || verdict == RECORD_MISATTRIBUTED;
}

static int add_subject(struct kind_counts *kind, bool is_document,
                       const struct record_finding *record, const struct record_effect *effect,
                       struct tq_error *err)
{
    enum certainty certainty = record->likely ? LIKELY : CERTAIN;
    uint32_t subject = record->subject;
    int r = make_counters(kind, err);

    if (r < 0)
        return r;
    kind->subject_records[subject]++;
    kind->subject_documents[subject] += is_document;
    kind->traits[subject] |= effect->traits;
    if (effect->exposed)
        r = mark(kind, EXPOSED, effect->exposed, subject, certainty, err);
    if (r < 0)
        return r;
    if (is_affecting(record->verdict))
        return mark(kind, AFFECTED, effect->exposed, subject, certainty, err);
    if (is_falsifying(record->verdict))
        return mark(kind, NAMED_FALSELY, effect->falsified, subject, certainty, err);
    return mark(kind, AFFECTED, 0, subject, POSSIBLE, err);
}

static int add_record(struct assessment *assessment, uint8_t kind, bool is_document,
                      const struct column_meaning *columns, const struct finding_batch *findings,
                      const struct record_finding *record, const uint32_t *holders,
                      struct tq_error *err)
{
    struct record_effect effect = {0};
    enum certainty certainty = record->likely ? LIKELY : CERTAIN;

    for (size_t i = record->cell_first; i < record->cell_first + (size_t)record->cell_count; i++) {
        const struct cell_finding *cell = &findings->cells[i];
        const struct column_meaning *column = &columns[cell->column];
        int r = expose_others(assessment, kind, column, cell, holders ? holders[i] : SUBJECT_NONE,
                              certainty, err);

        if (r < 0)
            return r;
        add_effect(column, cell, &effect);
    }
    if (record->subject >= assessment->kinds[kind].subject_count)
        return TQ_OK;
    return add_subject(&assessment->kinds[kind], is_document, record, &effect, err);
}

int assessment_add(struct assessment *assessment, uint8_t kind, bool is_document,
                   const struct column_meaning *columns, const struct finding_batch *findings,
                   const uint32_t *holders, struct tq_error *err)
{
    bool known = kind < assessment->kind_count;
    struct record_counts *counts =
        known ? &assessment->kinds[kind].records : &assessment->unread_records;

    for (size_t i = 0; i < findings->record_count; i++) {
        const struct record_finding *record = &findings->records[i];
        int r;

        assert(record->verdict < RECORD_VERDICT_COUNT);
        counts->all[record->verdict]++;
        counts->likely[record->verdict] += record->likely;
        if (!known)
            continue;
        r = add_record(assessment, kind, is_document, columns, findings, record, holders, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* ---- merging ---- */

static void merge_records(struct record_counts *counts, const struct record_counts *other)
{
    for (unsigned i = 0; i < RECORD_VERDICT_COUNT; i++) {
        counts->all[i] += other->all[i];
        counts->likely[i] += other->likely[i];
    }
}

static int merge_kind(struct kind_counts *kind, const struct kind_counts *other,
                      struct tq_error *err)
{
    int r = TQ_OK;

    merge_records(&kind->records, &other->records);
    for (unsigned measure = 0; measure < MEASURE_COUNT; measure++) {
        for (unsigned category = 0; category < CATEGORY_SETS && r == TQ_OK; category++)
            r = subject_set_merge(&kind->sets[measure][category], &other->sets[measure][category],
                                  kind->subject_count, err);
    }
    if (r < 0 || !other->traits)
        return r;
    r = make_counters(kind, err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < kind->subject_count; i++) {
        kind->subject_records[i] += other->subject_records[i];
        kind->subject_documents[i] += other->subject_documents[i];
        kind->traits[i] |= other->traits[i];
    }
    return TQ_OK;
}

int assessment_merge(struct assessment *assessment, const struct assessment *other,
                     struct tq_error *err)
{
    if (assessment->kind_count != other->kind_count)
        return tq_fail(err, TQ_E_USAGE, "the parts were made with different registers");
    for (unsigned i = 0; i < other->kind_count; i++) {
        if (assessment->kinds[i].subject_count != other->kinds[i].subject_count)
            return tq_fail(err, TQ_E_USAGE, "the parts were made with different registers");
    }
    merge_records(&assessment->unread_records, &other->unread_records);
    for (unsigned i = 0; i < other->kind_count; i++) {
        int r = merge_kind(&assessment->kinds[i], &other->kinds[i], err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* ---- counting ---- */

static int add_row(struct assessment *assessment, const struct count_row *row, struct tq_error *err)
{
    int r = alloc_reserve(&assessment->rows, &assessment->row_capacity, assessment->row_count + 1,
                          sizeof(*row), err);

    if (r < 0)
        return r;
    assessment->rows[assessment->row_count++] = *row;
    return TQ_OK;
}

static int add_record_rows(struct assessment *assessment, const char *kind,
                           const struct record_counts *counts, struct tq_error *err)
{
    struct count_row row = {.measure = "records", .kind = kind, .category = "", .verdict = ""};
    uint64_t unverifiable = counts->all[RECORD_UNVERIFIABLE];
    int r;

    for (unsigned i = 0; i < RECORD_VERDICT_COUNT; i++)
        row.value += counts->all[i];
    row.low = row.high = row.value;
    r = add_row(assessment, &row, err);
    for (unsigned i = 0; i < RECORD_VERDICT_COUNT && r == TQ_OK; i++) {
        row.verdict = record_verdict_name(i);
        row.value = row.low = row.high = counts->all[i];
        if (i != RECORD_UNVERIFIABLE) {
            row.low -= counts->likely[i];
            row.high += unverifiable;
        }
        r = add_row(assessment, &row, err);
    }
    return r;
}

static void add_set(const struct kind_counts *kind, enum measure measure, unsigned category,
                    struct count_row *row)
{
    const struct subject_set *set = &kind->sets[measure][category];

    row->low += subject_set_count(set, kind->subject_count, CERTAIN);
    row->value += subject_set_count(set, kind->subject_count, LIKELY);
    row->high += subject_set_count(set, kind->subject_count, POSSIBLE);
}

/* Rows of one measure for kinds [first, last) together, under one name. */
static int add_measure_rows(struct assessment *assessment, enum measure measure, const char *name,
                            unsigned first, unsigned last, struct tq_error *err)
{
    int r = TQ_OK;

    for (unsigned i = 0; i < CATEGORY_SETS && r == TQ_OK; i++) {
        unsigned category = i == 0 ? ALL_CATEGORIES : i - 1;
        struct count_row row = {.measure = measure_names[measure],
                                .kind = name,
                                .category = i == 0 ? "" : category_name(category),
                                .verdict = ""};

        for (unsigned kind = first; kind < last; kind++)
            add_set(&assessment->kinds[kind], measure, category, &row);
        r = add_row(assessment, &row, err);
    }
    return r;
}

static int count_records(struct assessment *assessment, struct tq_error *err)
{
    struct record_counts all = assessment->unread_records;
    int r;

    for (unsigned i = 0; i < assessment->kind_count; i++)
        merge_records(&all, &assessment->kinds[i].records);
    r = add_record_rows(assessment, "", &all, err);
    for (unsigned i = 0; i < assessment->kind_count && r == TQ_OK; i++)
        r = add_record_rows(assessment, assessment->kinds[i].name, &assessment->kinds[i].records,
                            err);
    return r;
}

int assessment_counts(struct assessment *assessment, const struct count_row **out_rows,
                      size_t *out_count, struct tq_error *err)
{
    int r;

    assessment->row_count = 0;
    r = count_records(assessment, err);
    for (enum measure measure = 0; measure < MEASURE_COUNT && r == TQ_OK; measure++) {
        r = add_measure_rows(assessment, measure, "", 0, assessment->kind_count, err);
        for (unsigned i = 0; i < assessment->kind_count && r == TQ_OK; i++)
            r = add_measure_rows(assessment, measure, assessment->kinds[i].name, i, i + 1, err);
    }
    if (r < 0)
        return r;
    *out_rows = assessment->rows;
    *out_count = assessment->row_count;
    return TQ_OK;
}

/* ---- subjects ---- */

static uint16_t categories_of(const struct kind_counts *kind, enum measure measure,
                              uint32_t subject)
{
    unsigned categories = 0;

    for (unsigned category = 0; category < CATEGORY_COUNT; category++)
        categories |= (unsigned)subject_set_has(&kind->sets[measure][category], subject, LIKELY)
                      << category;
    return (uint16_t)categories;
}

static bool describe(const struct kind_counts *kind, uint32_t subject, struct subject_row *row)
{
    uint8_t traits = kind->traits[subject];

    *row = (struct subject_row){
        .subject = subject,
        .affected = subject_set_has(&kind->sets[AFFECTED][ALL_CATEGORIES], subject, LIKELY),
        .named_falsely =
            subject_set_has(&kind->sets[NAMED_FALSELY][ALL_CATEGORIES], subject, LIKELY),
        .exposed = subject_set_has(&kind->sets[EXPOSED][ALL_CATEGORIES], subject, LIKELY),
        .records = kind->subject_records[subject],
        .documents = kind->subject_documents[subject]};
    if (!row->exposed && row->records == 0)
        return false;
    row->categories = categories_of(kind, EXPOSED, subject);
    row->severity =
        severity_of(row->categories, categories_of(kind, NAMED_FALSELY, subject), traits);
    return true;
}

bool assessment_next_subject(const struct assessment *assessment, uint64_t *cursor,
                             struct subject_row *out_row)
{
    for (uint64_t i = *cursor >> 32; i < assessment->kind_count; i++) {
        const struct kind_counts *kind = &assessment->kinds[i];
        uint32_t first = i == *cursor >> 32 ? (uint32_t)*cursor : 0;

        if (!kind->traits)
            continue; /* nobody of this kind occurs */
        for (uint32_t subject = first; subject < kind->subject_count; subject++) {
            if (!describe(kind, subject, out_row))
                continue;
            out_row->kind = (uint8_t)i;
            *cursor = i << 32 | (subject + 1);
            return true;
        }
    }
    *cursor = (uint64_t)assessment->kind_count << 32;
    return false;
}
