/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "case_fixture.h"

#include <sqlite3.h>

#include "base/hash.h"
#include "model/reading.h"

/* Numbers of a fixed sequence, some of them extreme. */
static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed += 0x9e3779b97f4a7c15ull;
    return hash_mix(*seed) % below;
}

static void draw_record(uint64_t *seed, struct record_finding *record)
{
    bool extreme = draw(seed, 10) == 0;

    record->exhibit = extreme ? (uint32_t)hash_mix(*seed) : record->exhibit;
    record->record = extreme ? UINT32_MAX : record->record + 1;
    record->place = extreme ? UINT64_MAX - draw(seed, 5) : record->place + draw(seed, 3);
    record->subject = draw(seed, 4) ? (uint32_t)draw(seed, 5000000) : SUBJECT_NONE;
    record->posterior = extreme ? UINT32_MAX : (uint32_t)draw(seed, PROBABILITY_ONE + 1);
    record->verdict = (uint8_t)draw(seed, RECORD_VERDICT_COUNT);
    record->likely = (uint8_t)draw(seed, 2);
    record->snapshot = (uint8_t)draw(seed, 3);
    record->flags = extreme ? 0xFF : 0;
}

static void draw_cell(uint64_t *seed, struct cell_finding *cell)
{
    bool extreme = draw(seed, 10) == 0;

    cell->column = extreme ? (uint16_t)draw(seed, 65536) : (uint16_t)(cell->column + 1);
    cell->line = extreme ? (uint16_t)draw(seed, 65536) : cell->line;
    cell->period = draw(seed, 5) ? cell->period : (uint16_t)draw(seed, 65536);
    cell->verdict = (uint8_t)(1 + draw(seed, CELL_VERDICT_COUNT - 1));
    cell->ground = (uint8_t)(draw(seed, 3) ? 0 : draw(seed, GROUND_COUNT));
    cell->other = draw(seed, 8) ? SUBJECT_NONE : (uint32_t)draw(seed, SUBJECT_NONE);
}

static void draw_findings(uint64_t seed, size_t records, struct finding_batch *out)
{
    struct record_finding record = {0};

    finding_batch_empty(out);
    for (size_t i = 0; i < records; i++) {
        struct cell_finding cell = {.column = UINT16_MAX, .other = SUBJECT_NONE};

        draw_record(&seed, &record);
        record.cell_first = (uint32_t)out->cell_count;
        record.cell_count = (uint32_t)draw(&seed, 20);
        assert_ok(finding_batch_add_record(out, &record, &err));
        for (uint32_t c = 0; c < record.cell_count; c++) {
            draw_cell(&seed, &cell);
            assert_ok(finding_batch_add_cell(out, &cell, &err));
        }
        for (uint64_t k = draw(&seed, 3); k > 0; k--) {
            struct rule_break broken = {.record = (uint32_t)i,
                                        .rule = (uint16_t)draw(&seed, UINT16_MAX),
                                        .column = (uint16_t)draw(&seed, 300),
                                        .line = (uint16_t)draw(&seed, 300)};

            assert_ok(finding_batch_add_break(out, &broken, &err));
        }
    }
}

static void assert_same(const struct finding_batch *a, const struct finding_batch *b)
{
    assert_int_equal(a->record_count, b->record_count);
    assert_int_equal(a->cell_count, b->cell_count);
    assert_int_equal(a->break_count, b->break_count);
    for (size_t i = 0; i < a->break_count; i++) {
        assert_int_equal(a->breaks[i].record, b->breaks[i].record);
        assert_int_equal(a->breaks[i].rule, b->breaks[i].rule);
        assert_int_equal(a->breaks[i].column, b->breaks[i].column);
        assert_int_equal(a->breaks[i].line, b->breaks[i].line);
    }
    for (size_t i = 0; i < a->record_count; i++) {
        const struct record_finding *x = &a->records[i], *y = &b->records[i];

        assert_int_equal(x->exhibit, y->exhibit);
        assert_int_equal(x->record, y->record);
        assert_true(x->place == y->place);
        assert_int_equal(x->subject, y->subject);
        assert_int_equal(x->posterior, y->posterior);
        assert_int_equal(x->verdict, y->verdict);
        assert_int_equal(x->likely, y->likely);
        assert_int_equal(x->snapshot, y->snapshot);
        assert_int_equal(x->flags, y->flags);
        assert_int_equal(x->cell_first, y->cell_first);
        assert_int_equal(x->cell_count, y->cell_count);
    }
    for (size_t i = 0; i < a->cell_count; i++) {
        const struct cell_finding *x = &a->cells[i], *y = &b->cells[i];

        assert_int_equal(x->column, y->column);
        assert_int_equal(x->period, y->period);
        assert_int_equal(x->verdict, y->verdict);
        assert_int_equal(x->ground, y->ground);
        assert_int_equal(x->line, y->line);
        assert_int_equal(x->other, y->other);
    }
}

static void findings_come_back_as_they_were(void **state)
{
    struct case_store *store = fixture_case(state);
    struct finding_batch put = {0}, got = {0};
    uint32_t count;

    assert_ok(case_begin(store, &err));
    for (uint32_t i = 0; i < 30; i++) {
        draw_findings(i, i * i, &put);
        assert_ok(case_add_findings(store, 1, 29 - i, &put, &err)); /* in any order */
    }
    assert_ok(case_commit(store, &err));
    for (uint32_t i = 0; i < 30; i++) {
        draw_findings(i, i * i, &put);
        assert_ok(case_load_findings(store, 1, 29 - i, &got, &err));
        assert_same(&put, &got);
    }
    assert_ok(case_finding_batches(store, 1, &count, &err));
    assert_int_equal(count, 30);
    assert_ok(case_load_findings(store, 1, 30, &got, &err));
    assert_int_equal(got.record_count, 0);

    draw_findings(99, 10, &put); /* again: replaced */
    assert_ok(case_add_findings(store, 1, 0, &put, &err));
    assert_ok(case_load_findings(store, 1, 0, &got, &err));
    assert_same(&put, &got);
    assert_ok(case_drop_results(store, &err));
    assert_ok(case_load_findings(store, 1, 0, &got, &err));
    assert_int_equal(got.record_count, 0);
    finding_batch_clear(&put);
    finding_batch_clear(&got);
    (void)case_close(store);
}

static void damaged_findings_are_told(void **state)
{
    struct case_store *store = fixture_case(state);
    struct finding_batch put = {0}, got = {0};
    sqlite3 *db;

    draw_findings(1, 20, &put);
    assert_ok(case_add_findings(store, 1, 0, &put, &err));
    assert_int_equal(sqlite3_open(scratch_path(state, "case/case.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "UPDATE finding SET content = substr(content, 1, 40) || x'07'"
                                  " || substr(content, 42)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_fails(TQ_E_KEY, "do not match their checksum",
                 case_load_findings(store, 1, 0, &got, &err));
    assert_int_equal(got.record_count, 0);
    assert_int_equal(sqlite3_exec(db, "UPDATE finding SET content = x'01'", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_fails(TQ_E_KEY, "do not match their checksum",
                 case_load_findings(store, 1, 0, &got, &err));
    (void)sqlite3_close(db);
    finding_batch_clear(&put);
    finding_batch_clear(&got);
    (void)case_close(store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(findings_come_back_as_they_were),
        TEST(damaged_findings_are_told),
    };

    return cmocka_run_group_tests_name("store/case_findings", tests, NULL, NULL);
}
