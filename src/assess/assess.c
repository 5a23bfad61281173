/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "assess/assess.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "assess/doubt.h"
#include "assess/finders.h"
#include "assess/severity.h"
#include "assess/subject_set.h"
#include "assess/unseen.h"
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
    struct subject_set referred; /* to by tables of another kind */
    struct record_counts records;
    struct subject_set sets[MEASURE_COUNT][CATEGORY_SETS];
    uint32_t *subject_records, *subject_documents; /* owned; by subject; NULL: nothing yet */
    uint8_t *traits;                               /* owned; enum trait, or-ed; by subject */
};

struct assessment {
    uint8_t kind_count;
    struct kind_counts *kinds;           /* owned */
    struct record_counts unread_records; /* of tables that name nobody */
    struct table_doubt *doubts;          /* owned; of tables that name somebody */
    size_t doubt_count, doubt_capacity;
    uint64_t documents, unread_documents; /* all of them, and those that could not be read */
    struct finders finders;
    struct count_row *rows; /* owned; as last counted */
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
    subject_set_clear(&kind->referred);
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
        for (size_t i = 0; i < assessment->doubt_count; i++)
            table_doubt_clear(&assessment->doubts[i]);
        finders_clear(&assessment->finders);
        free(assessment->kinds);
        free(assessment->doubts);
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

/* ---- doubts about verdicts ---- */

static int find_doubt(struct assessment *assessment, uint32_t table, uint8_t kind,
                      struct table_doubt **out_doubt, struct tq_error *err)
{
    int r;

    for (size_t i = assessment->doubt_count; i > 0; i--) { /* mostly the last one */
        *out_doubt = &assessment->doubts[i - 1];
        if (assessment->doubts[i - 1].table == table)
            return TQ_OK;
    }
    r = alloc_reserve(&assessment->doubts, &assessment->doubt_capacity, assessment->doubt_count + 1,
                      sizeof(*assessment->doubts), err);
    if (r < 0)
        return r;
    *out_doubt = &assessment->doubts[assessment->doubt_count++];
    **out_doubt = (struct table_doubt){.table = table, .kind = kind};
    return TQ_OK;
}

/* Which columns of a record contradict. */
struct contradictions {
    bool names, others;
    bool many;       /* in more than one other column, or about somebody else */
    uint16_t column; /* the other one */
    uint16_t categories;
};

static void add_contradiction(const struct column_meaning *column, uint16_t number,
                              struct contradictions *found)
{
    if (column->through) {
        found->others = found->many = true;
    } else if (type_is_name(column->type)) {
        found->names = true;
        found->categories |= (uint16_t)(1u << column->category);
    } else {
        found->many |= found->others && found->column != number;
        found->others = true;
        found->column = number;
    }
}

static int compare_columns(struct table_doubt *doubt, const struct column_meaning *columns,
                           const struct cell_finding *cells, uint32_t count,
                           struct contradictions *found, struct tq_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct column_meaning *column = &columns[cells[i].column];
        bool is_name = type_is_name(column->type);
        int r = table_doubt_reserve(doubt, cells[i].column, err);

        if (r < 0)
            return r;
        if (cells[i].verdict == CELL_CONTRADICTS)
            add_contradiction(column, cells[i].column, found);
        if (column->through)
            continue;
        doubt->columns[cells[i].column].is_compared = true;
        doubt->columns[cells[i].column].is_name = is_name;
        doubt->name_variants +=
            is_name && (cells[i].verdict == CELL_VARIANT || cells[i].verdict == CELL_TRUNCATED);
    }
    return TQ_OK;
}

static int add_doubt(struct table_doubt *doubt, const struct column_meaning *columns,
                     const struct finding_batch *findings, const struct record_finding *record,
                     uint16_t exposed, struct tq_error *err)
{
    struct contradictions found = {0};
    struct doubtful_subject subject = {.subject = record->subject};
    int r = compare_columns(doubt, columns, &findings->cells[record->cell_first],
                            record->cell_count, &found, err);

    if (r < 0 || record->verdict != RECORD_ALTERED)
        return r;
    if (found.others) {
        doubt->columns[found.column].altered += !found.names && !found.many;
        return TQ_OK;
    }
    if (!found.names)
        return TQ_OK;
    doubt->name_only++;
    subject.categories = exposed | found.categories;
    return table_doubt_add_subject(doubt, &subject, err);
}

static int add_record(struct assessment *assessment, uint8_t kind, bool is_document,
                      const struct column_meaning *columns, const struct finding_batch *findings,
                      const struct record_finding *record, const uint32_t *holders,
                      struct table_doubt *doubt, struct tq_error *err)
{
    int r;
    struct record_effect effect = {0};
    enum certainty certainty = record->likely ? LIKELY : CERTAIN;

    for (size_t i = record->cell_first; i < record->cell_first + (size_t)record->cell_count; i++) {
        const struct cell_finding *cell = &findings->cells[i];
        const struct column_meaning *column = &columns[cell->column];

        r = expose_others(assessment, kind, column, cell, holders ? holders[i] : SUBJECT_NONE,
                          certainty, err);
        if (r < 0)
            return r;
        add_effect(column, cell, &effect);
    }
    if (record->subject >= assessment->kinds[kind].subject_count)
        return TQ_OK;
    r = add_doubt(doubt, columns, findings, record, effect.exposed, err);
    if (r == TQ_OK && is_affecting(record->verdict))
        r = finders_add(&assessment->finders, kind, record->subject, record->exhibit, err);
    return r < 0 ? r : add_subject(&assessment->kinds[kind], is_document, record, &effect, err);
}

/* Records of one document stand together. */
static void add_documents(struct assessment *assessment, const struct finding_batch *findings)
{
    for (size_t i = 0; i < findings->record_count; i++)
        assessment->documents +=
            i == 0 || findings->records[i].exhibit != findings->records[i - 1].exhibit;
}

int assessment_set_finders(struct assessment *assessment, const uint16_t *of_exhibit,
                           size_t exhibit_count, unsigned count, struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *subject_counts = NULL;

    assert(count <= FINDERS_MAX);
    if (count < 2)
        return TQ_OK;
    subject_counts = alloc_zeroed((size_t)assessment->kind_count + 1, sizeof(*subject_counts));
    if (!subject_counts)
        return tq_no_memory(err);
    for (unsigned i = 0; i < assessment->kind_count; i++)
        subject_counts[i] = assessment->kinds[i].subject_count;
    finders_clear(&assessment->finders);
    return finders_init(&assessment->finders, assessment->kind_count, subject_counts, of_exhibit,
                        exhibit_count, count, err);
}

bool assessment_recapture(const struct assessment *assessment, uint8_t kind, unsigned first,
                          unsigned second, struct recapture_row *out_row)
{
    return finders_estimate(&assessment->finders, kind, first, second, out_row);
}

int assessment_compare_parts(const struct assessment *assessment, unsigned first, unsigned second,
                             const uint16_t *of, size_t count, unsigned ways,
                             struct recapture_row *row, bool *out_taken, struct tq_error *err)
{
    return finders_compare_parts(&assessment->finders, first, second, of, count, ways, row,
                                 out_taken, err);
}

int assessment_add(struct assessment *assessment, uint32_t table, uint8_t kind, bool is_document,
                   const struct column_meaning *columns, const struct finding_batch *findings,
                   const uint32_t *holders, struct tq_error *err)
{
    bool known = kind < assessment->kind_count;
    struct record_counts *counts =
        known ? &assessment->kinds[kind].records : &assessment->unread_records;
    struct table_doubt *doubt = NULL;

    if (is_document)
        add_documents(assessment, findings);
    if (known) {
        int r = find_doubt(assessment, table, kind, &doubt, err);

        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < findings->record_count; i++) {
        const struct record_finding *record = &findings->records[i];
        int r;

        assert(record->verdict < RECORD_VERDICT_COUNT);
        counts->all[record->verdict]++;
        counts->likely[record->verdict] += record->likely;
        if (!known)
            continue;
        r = add_record(assessment, kind, is_document, columns, findings, record, holders, doubt,
                       err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int assessment_add_referred(struct assessment *assessment, uint8_t kind, const uint32_t *subjects,
                            size_t count, struct tq_error *err)
{
    uint32_t subject_count =
        kind < assessment->kind_count ? assessment->kinds[kind].subject_count : 0;
    int r = TQ_OK;

    for (size_t i = 0; i < count && r == TQ_OK; i++) {
        if (subjects[i] < subject_count)
            r = subject_set_add(&assessment->kinds[kind].referred, subject_count, subjects[i],
                                POSSIBLE, err);
    }
    return r;
}

void assessment_add_unread(struct assessment *assessment, uint64_t documents)
{
    assessment->unread_documents += documents;
}

/* ---- merging ---- */

static int merge_doubts(struct assessment *assessment, const struct assessment *other,
                        struct tq_error *err)
{
    for (size_t i = 0; i < other->doubt_count; i++) {
        struct table_doubt *doubt;
        int r = find_doubt(assessment, other->doubts[i].table, other->doubts[i].kind, &doubt, err);

        if (r == TQ_OK)
            r = table_doubt_merge(doubt, &other->doubts[i], err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

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
    int r = subject_set_merge(&kind->referred, &other->referred, kind->subject_count, err);

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
    assessment->documents += other->documents;
    assessment->unread_documents += other->unread_documents;
    for (unsigned i = 0; i < other->kind_count; i++) {
        int r = merge_kind(&assessment->kinds[i], &other->kinds[i], err);

        if (r < 0)
            return r;
    }
    if (assessment->finders.count > 0 || other->finders.count > 0) {
        int r = finders_merge(&assessment->finders, &other->finders, err);

        if (r < 0)
            return r;
    }
    return merge_doubts(assessment, other, err);
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

/* Subjects of a table, beyond those counted, who are affected if as many of its verdicts are wrong
 * as may be. */
static uint64_t missed_of(const struct kind_counts *kind, const struct table_doubt *doubt,
                          unsigned category)
{
    const struct subject_set *set = &kind->sets[AFFECTED][category];
    uint64_t subjects = 0;

    for (size_t i = 0; i < doubt->subject_count; i++) {
        bool is_about = category == ALL_CATEGORIES || doubt->subjects[i].categories >> category & 1;

        subjects += is_about && !subject_set_has(set, doubt->subjects[i].subject, POSSIBLE);
    }
    return doubt->name_only
               ? (subjects * doubt->misjudged + doubt->name_only - 1) / doubt->name_only
               : 0;
}

/* Affected subjects by the number of their documents, of those whom nothing else names. */
static void count_incidence(const struct kind_counts *kind, unsigned category,
                            struct incidence *incidence)
{
    const struct subject_set *set = &kind->sets[AFFECTED][category];

    for (uint32_t i = 0; kind->subject_documents && i < kind->subject_count; i++) {
        uint32_t documents = kind->subject_documents[i];

        incidence->records += documents;
        if (documents == 0 || documents != kind->subject_records[i]
            || !subject_set_has(set, i, LIKELY))
            continue;
        incidence->subjects[documents < UNSEEN_CLASSES ? documents : UNSEEN_CLASSES - 1]++;
    }
}

/* Whom unread documents add. */
static struct unseen find_unseen(const struct assessment *assessment,
                                 const struct kind_counts *kind, unsigned category)
{
    uint64_t unread = assessment->unread_documents;
    struct incidence incidence = {.read = assessment->documents - unread, .unread = unread};

    if (unread == 0)
        return (struct unseen){0};
    count_incidence(kind, category, &incidence);
    return unseen_estimate(&incidence);
}

/* What a kind adds to "affected": sets say what is uncertain of links, tables what of verdicts. */
static void add_affected(const struct assessment *assessment, unsigned number, unsigned category,
                         struct count_row *row)
{
    const struct kind_counts *kind = &assessment->kinds[number];
    struct count_row own = {0};
    uint64_t wrong = 0;

    add_set(kind, AFFECTED, category, &own);
    for (size_t i = 0; i < assessment->doubt_count; i++) {
        const struct table_doubt *doubt = &assessment->doubts[i];

        if (doubt->kind != number)
            continue;
        own.high += missed_of(kind, doubt, category);
        wrong += doubt->forged;
    }
    if (category == ALL_CATEGORIES)
        own.high += subject_set_count_beyond(&kind->referred, &kind->sets[AFFECTED][ALL_CATEGORIES],
                                             kind->subject_count);
    own.high += find_unseen(assessment, kind, category).high;
    row->value += own.value;
    row->low += own.low - (wrong < own.low ? wrong : own.low);
    row->high += own.high < kind->subject_count ? own.high : kind->subject_count;
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

        for (unsigned kind = first; kind < last; kind++) {
            if (measure == AFFECTED)
                add_affected(assessment, kind, category, &row);
            else
                add_set(&assessment->kinds[kind], measure, category, &row);
        }
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
    for (size_t i = 0; i < assessment->doubt_count; i++)
        table_doubt_settle(&assessment->doubts[i]);
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

bool assessment_unseen(const struct assessment *assessment, uint8_t kind,
                       struct unseen_row *out_row)
{
    uint64_t unread = assessment->unread_documents;
    struct unseen unseen;

    if (kind >= assessment->kind_count || unread == 0)
        return false;
    unseen = find_unseen(assessment, &assessment->kinds[kind], ALL_CATEGORIES);
    *out_row = (struct unseen_row){.kind = kind,
                                   .read = assessment->documents - unread,
                                   .unread = unread,
                                   .value = (uint64_t)(unseen.value + .5),
                                   .low = unseen.low,
                                   .high = unseen.high};
    return true;
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
