/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "assess/assess.h"
#include "base/alloc.h"
#include "model/reading.h"

enum {
    PERSON,
    EMPLOYER,
    KINDS
};
enum {
    NAME,
    ACCOUNT,
    FIRM,
    COLUMNS
};

static const char *const kind_names[KINDS] = {"person", "employer"};
static const uint32_t subject_counts[KINDS] = {100, 10};

static const struct column_meaning columns[COLUMNS] = {
    [NAME] = {.category = CATEGORY_IDENTITY, .type = TYPE_FULL_NAME, .holder_kind = PERSON},
    [ACCOUNT] = {.category = CATEGORY_FINANCIAL, .type = TYPE_ACCOUNT, .holder_kind = PERSON},
    [FIRM] = {.category = CATEGORY_EMPLOYMENT,
              .holder_category = CATEGORY_IDENTITY,
              .type = TYPE_TEXT,
              .holder_kind = EMPLOYER,
              .through = true},
};

/* One record and its cells, in a findings batch of its own. */
struct example {
    struct record_finding record;
    struct cell_finding cells[COLUMNS];
    uint32_t holders[COLUMNS];
};

static void add(struct assessment *assessment, struct example example, bool is_document)
{
    struct finding_batch batch = {
        .records = &example.record, .record_count = 1, .cells = example.cells, .cell_count = 0};
    struct tq_error err;

    while (batch.cell_count < COLUMNS && example.cells[batch.cell_count].verdict != 0)
        batch.cell_count++;
    example.record.cell_count = (uint32_t)batch.cell_count;
    assert_int_equal(
        assessment_add(assessment, 0, PERSON, is_document, columns, &batch, example.holders, &err),
        TQ_OK);
}

static struct assessment *start(void)
{
    struct assessment *assessment = NULL;
    struct tq_error err;

    assert_int_equal(assessment_new(KINDS, kind_names, subject_counts, &assessment, &err), TQ_OK);
    return assessment;
}

static struct count_row find(struct assessment *assessment, const char *measure, const char *kind,
                             const char *category, const char *verdict)
{
    const struct count_row *rows = NULL;
    size_t count = 0;
    struct tq_error err;

    assert_int_equal(assessment_counts(assessment, &rows, &count, &err), TQ_OK);
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(rows[i].measure, measure) && !strcmp(rows[i].kind, kind)
            && !strcmp(rows[i].category, category) && !strcmp(rows[i].verdict, verdict))
            return rows[i];
    }
    fail_msg("no row %s/%s/%s/%s", measure, kind, category, verdict);
    return (struct count_row){0};
}

static const struct example authentic = {
    .record = {.subject = 7, .verdict = RECORD_AUTHENTIC},
    .cells = {{.column = NAME, .verdict = CELL_AGREES, .other = SUBJECT_NONE},
              {.column = ACCOUNT, .verdict = CELL_AGREES, .other = SUBJECT_NONE},
              {.column = FIRM, .verdict = CELL_AGREES, .other = 3}},
    .holders = {SUBJECT_NONE, SUBJECT_NONE, 3},
};

static void counts_a_subject_once_however_often_it_occurs(void **state)
{
    struct assessment *assessment = start();

    (void)state;
    add(assessment, authentic, false);
    add(assessment, authentic, true);
    assert_int_equal(find(assessment, "records", "", "", "").value, 2);
    assert_int_equal(find(assessment, "records", "person", "", "authentic").value, 2);
    assert_int_equal(find(assessment, "affected", "person", "", "").value, 1);
    assert_int_equal(find(assessment, "affected", "person", "financial", "").value, 1);
    assert_int_equal(find(assessment, "affected", "person", "health", "").value, 0);
    assert_int_equal(find(assessment, "named_falsely", "", "", "").value, 0);
    assessment = assessment_free(assessment);
}

static void exposes_the_one_referred_to_in_the_category_of_the_value(void **state)
{
    struct assessment *assessment = start();

    (void)state;
    add(assessment, authentic, false);
    assert_int_equal(find(assessment, "exposed", "employer", "identity", "").value, 1);
    assert_int_equal(find(assessment, "exposed", "person", "employment", "").value, 1);
    assert_int_equal(find(assessment, "exposed", "", "", "").value, 2);
    assert_int_equal(find(assessment, "affected", "employer", "", "").value, 0);
    assessment = assessment_free(assessment);
}

static void exposes_the_owner_of_a_value_under_another_name(void **state)
{
    struct assessment *assessment = start();
    struct example swapped = authentic;
    struct subject_row row;
    uint64_t cursor = 0;

    (void)state;
    swapped.record.verdict = RECORD_MISATTRIBUTED;
    swapped.cells[ACCOUNT].verdict = CELL_OTHER_SUBJECT;
    swapped.cells[ACCOUNT].other = 9;
    add(assessment, swapped, true);

    assert_true(assessment_next_subject(assessment, &cursor, &row));
    assert_int_equal(row.subject, 7);
    assert_true(row.named_falsely && row.exposed && !row.affected);
    assert_int_equal(row.categories, 1 << CATEGORY_IDENTITY | 1 << CATEGORY_EMPLOYMENT);
    assert_int_equal(row.records, 1);
    assert_int_equal(row.documents, 1);
    assert_true(assessment_next_subject(assessment, &cursor, &row));
    assert_int_equal(row.subject, 9);
    assert_true(row.exposed && !row.affected && !row.named_falsely);
    assert_int_equal(row.records, 0);
    assert_int_equal(row.categories, 1 << CATEGORY_FINANCIAL);
    assert_true(assessment_next_subject(assessment, &cursor, &row));
    assert_int_equal(row.kind, EMPLOYER);
    assert_false(assessment_next_subject(assessment, &cursor, &row));
    assert_false(assessment_next_subject(assessment, &cursor, &row));
    assert_int_equal(find(assessment, "named_falsely", "person", "financial", "").value, 1);
    assert_int_equal(find(assessment, "named_falsely", "person", "identity", "").value, 0);
    assessment = assessment_free(assessment);
}

static void bounds_what_is_only_likely_or_could_not_be_verified(void **state)
{
    struct assessment *assessment = start();
    struct example likely = authentic, open = authentic, nobody = {0};
    struct count_row row;

    (void)state;
    likely.record.subject = 8;
    likely.record.likely = 1;
    open.record.subject = 9;
    open.record.verdict = RECORD_UNVERIFIABLE;
    for (unsigned i = 0; i < COLUMNS; i++)
        open.cells[i].verdict = CELL_UNKNOWN;
    nobody.record = (struct record_finding){.subject = SUBJECT_NONE, .verdict = RECORD_UNFOUNDED};
    add(assessment, authentic, false);
    add(assessment, likely, false);
    add(assessment, open, false);
    add(assessment, nobody, false);

    row = find(assessment, "affected", "person", "", "");
    assert_int_equal(row.low, 1);
    assert_int_equal(row.value, 2);
    assert_int_equal(row.high, 3);
    row = find(assessment, "records", "", "", "authentic");
    assert_int_equal(row.low, 1);
    assert_int_equal(row.value, 2);
    assert_int_equal(row.high, 3);
    assert_int_equal(find(assessment, "records", "", "", "unfounded").value, 1);
    assessment = assessment_free(assessment);
}

static void an_empty_cell_exposes_nothing_whatever_its_verdict(void **state)
{
    struct assessment *assessment = start();
    struct example stale = authentic;

    (void)state;
    stale.record.verdict = RECORD_STALE;
    stale.cells[ACCOUNT].verdict = CELL_AGREES_EARLIER;
    stale.cells[ACCOUNT].ground = GROUND_NOT_YET;
    add(assessment, stale, false);
    assert_int_equal(find(assessment, "exposed", "person", "financial", "").value, 0);
    assert_int_equal(find(assessment, "affected", "person", "", "").value, 1);
    assessment = assessment_free(assessment);
}

static void merging_parts_gives_what_one_pass_gives(void **state)
{
    struct assessment *whole = start(), *first = start(), *second = start();
    struct example other = authentic;
    const struct count_row *rows, *merged;
    size_t count, merged_count;
    struct tq_error err;

    (void)state;
    other.record.subject = 8;
    add(whole, authentic, false);
    add(whole, other, true);
    add(first, authentic, false);
    add(second, other, true);
    assert_int_equal(assessment_merge(first, second, &err), TQ_OK);
    assert_int_equal(assessment_counts(whole, &rows, &count, &err), TQ_OK);
    assert_int_equal(assessment_counts(first, &merged, &merged_count, &err), TQ_OK);
    assert_int_equal(count, merged_count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(rows[i].value, merged[i].value);
        assert_int_equal(rows[i].low, merged[i].low);
        assert_int_equal(rows[i].high, merged[i].high);
    }
    whole = assessment_free(whole);
    first = assessment_free(first);
    second = assessment_free(second);
}

static void counts_records_of_tables_that_name_nobody(void **state)
{
    struct assessment *assessment = start();
    struct record_finding record = {.subject = SUBJECT_NONE, .verdict = RECORD_UNVERIFIABLE};
    struct finding_batch batch = {.records = &record, .record_count = 1};
    struct tq_error err;

    (void)state;
    assert_int_equal(assessment_add(assessment, 0, KIND_NONE, false, NULL, &batch, NULL, &err),
                     TQ_OK);
    assert_int_equal(find(assessment, "records", "", "", "unverifiable").value, 1);
    assert_int_equal(find(assessment, "records", "person", "", "").value, 0);
    assessment = assessment_free(assessment);
}

/* `count` people: the name contradicts in one of three, and another spelling of it in two. */
static void add_doubtful(struct assessment *assessment, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct example example = authentic;

        example.record.subject = i;
        example.cells[NAME].verdict = i % 3 ? CELL_VARIANT : CELL_CONTRADICTS;
        example.record.verdict = i % 3 ? RECORD_AUTHENTIC : RECORD_ALTERED;
        add(assessment, example, false);
    }
}

static void names_that_may_only_not_be_recognised_widen_the_affected(void **state)
{
    struct assessment *assessment = start(), *part = start();
    struct count_row row;
    struct tq_error err;

    (void)state;
    add_doubtful(assessment, 90);
    row = find(assessment, "affected", "person", "", "");
    assert_int_equal(row.value, 60);
    assert_in_range(row.high, 80, 90);
    assert_in_range(row.low, 57, 60);
    assert_int_equal(find(assessment, "affected", "person", "health", "").high, 0);
    assert_int_equal(find(assessment, "affected", "person", "identity", "").high, row.high);

    assert_int_equal(assessment_merge(part, assessment, &err), TQ_OK);
    assert_int_equal(find(part, "affected", "person", "", "").high, row.high);
    assert_int_equal(find(part, "affected", "person", "", "").low, row.low);
    assessment = assessment_free(assessment);
    part = assessment_free(part);
}

static void who_is_affected_anyway_is_in_no_doubt(void **state)
{
    struct assessment *assessment = start();
    struct example altered = authentic;

    (void)state;
    altered.record.verdict = RECORD_ALTERED;
    altered.cells[NAME].verdict = CELL_CONTRADICTS;
    add(assessment, authentic, false);
    add(assessment, altered, false);
    assert_int_equal(find(assessment, "affected", "person", "", "").high, 1);
    assessment = assessment_free(assessment);
}

static void refer(struct assessment *assessment, uint8_t kind, const uint32_t *subjects,
                  size_t count)
{
    struct tq_error err;

    assert_int_equal(assessment_add_referred(assessment, kind, subjects, count, &err), TQ_OK);
}

static void who_is_referred_to_may_be_affected_once(void **state)
{
    static const uint32_t persons[] = {3, 99, 3, 7, 100}; /* 7 is affected, 100 does not exist */
    static const uint32_t employers[] = {9};
    struct assessment *assessment = start(), *part = start();
    struct tq_error err;

    (void)state;
    add(assessment, authentic, false);
    refer(assessment, PERSON, persons, 5);
    refer(assessment, KIND_NONE, persons, 5);
    refer(part, PERSON, persons, 1);
    refer(part, EMPLOYER, employers, 1);
    assert_int_equal(assessment_merge(assessment, part, &err), TQ_OK);
    assert_int_equal(find(assessment, "affected", "person", "", "").value, 1);
    assert_int_equal(find(assessment, "affected", "person", "", "").high, 3);
    assert_int_equal(find(assessment, "affected", "person", "financial", "").high, 1);
    assert_int_equal(find(assessment, "affected", "employer", "", "").high, 1);
    assert_int_equal(find(assessment, "affected", "", "", "").high, 4);
    part = assessment_free(part);
    assessment = assessment_free(assessment);
}

static void says_when_who_is_referred_to_cannot_be_kept(void **state)
{
    static const uint32_t persons[] = {3};
    struct assessment *assessment = start();
    struct tq_error err;

    (void)state;
    alloc_fail_nth(1);
    assert_int_equal(assessment_add_referred(assessment, PERSON, persons, 1, &err), TQ_E_NOMEM);
    alloc_fail_nth(0);
    assert_int_equal(find(assessment, "affected", "person", "", "").high, 0);
    assessment = assessment_free(assessment);
}

static void unread_documents_widen_the_affected(void **state)
{
    struct assessment *assessment = start();
    struct example example = authentic;
    struct record_finding unread = {.subject = SUBJECT_NONE, .verdict = RECORD_UNVERIFIABLE};
    struct finding_batch batch = {.records = &unread, .record_count = 1};
    struct unseen_row row;
    struct tq_error err;

    (void)state;
    assert_false(assessment_unseen(assessment, PERSON, &row));
    for (uint32_t i = 0; i < 20; i++) {
        example.record.exhibit = example.record.subject = i;
        add(assessment, example, i < 12); /* the others in a table */
    }
    for (uint32_t i = 20; i < 24; i++) {
        unread.exhibit = i;
        assert_int_equal(assessment_add(assessment, 1, KIND_NONE, true, NULL, &batch, NULL, &err),
                         TQ_OK);
    }
    assessment_add_unread(assessment, 4);
    assert_true(assessment_unseen(assessment, PERSON, &row));
    assert_int_equal(row.read, 12);
    assert_int_equal(row.unread, 4);
    assert_int_equal(row.value, 4); /* nobody occurs twice: each may name another */
    assert_int_equal(find(assessment, "affected", "person", "", "").value, 20);
    assert_int_equal(find(assessment, "affected", "person", "", "").high, 20 + row.high);
    assert_true(assessment_unseen(assessment, EMPLOYER, &row) && row.high == 0);
    assert_false(assessment_unseen(assessment, KINDS, &row));
    assessment = assessment_free(assessment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_a_subject_once_however_often_it_occurs),
        cmocka_unit_test(exposes_the_one_referred_to_in_the_category_of_the_value),
        cmocka_unit_test(exposes_the_owner_of_a_value_under_another_name),
        cmocka_unit_test(bounds_what_is_only_likely_or_could_not_be_verified),
        cmocka_unit_test(an_empty_cell_exposes_nothing_whatever_its_verdict),
        cmocka_unit_test(merging_parts_gives_what_one_pass_gives),
        cmocka_unit_test(counts_records_of_tables_that_name_nobody),
        cmocka_unit_test(names_that_may_only_not_be_recognised_widen_the_affected),
        cmocka_unit_test(who_is_affected_anyway_is_in_no_doubt),
        cmocka_unit_test(who_is_referred_to_may_be_affected_once),
        cmocka_unit_test(says_when_who_is_referred_to_cannot_be_kept),
        cmocka_unit_test(unread_documents_widen_the_affected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
