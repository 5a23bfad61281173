/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "case_fixture.h"

#include <sqlite3.h>

#include "base/cleanup.h"
#include "base/file.h"

static void add(struct case_store *store, uint8_t kind, uint32_t subject, const char *key)
{
    const struct subject_row row = {.kind = kind,
                                    .subject = subject,
                                    .affected = subject % 2,
                                    .exposed = subject % 3 == 0,
                                    .categories = (uint16_t)subject,
                                    .records = subject + 1,
                                    .documents = 2,
                                    .severity = subject / 4.0};

    assert_ok(case_add_subject(store, &row, slice_of(key), &err));
}

static int gather(void *state, const struct subject_row *row, struct slice key,
                  struct tq_error *err)
{
    struct buf *out = state;

    buf_format(out, "%u:%u%s%s%s:%u:%u:%u:%.2f:", row->kind, row->subject, row->affected ? "a" : "",
               row->named_falsely ? "n" : "", row->exposed ? "e" : "", row->categories,
               row->records, row->documents, row->severity);
    buf_add_slice(out, key);
    buf_add_byte(out, ' ');
    return buf_check(out, err);
}

static void subjects_come_by_kind_and_number_and_the_last_word_counts(void **state)
{
    struct case_store *store = fixture_case(state);
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    add(store, 1, 7, "K17");
    assert_ok(case_begin(store, &err));
    add(store, 0, 9, "K09");
    add(store, 0, 3, "first word");
    add(store, 0, 3, "K03");
    assert_ok(case_subjects(store, gather, &out, &err));
    assert_string_equal(out.data,
                        "0:3ae:3:4:2:0.75:K03 0:9ae:9:10:2:2.25:K09 1:7a:7:8:2:1.75:K17 ");
    case_rollback(store);
    buf_empty(&out);
    assert_ok(case_subjects(store, gather, &out, &err));
    assert_string_equal(out.data, "1:7a:7:8:2:1.75:K17 ");
    assert_ok(case_drop_results(store, &err));
    buf_empty(&out);
    assert_ok(case_subjects(store, gather, &out, &err));
    assert_string_equal(out.data, "");
    (void)case_close(store);
}

static void keys_are_found_by_kind_and_number(void **state)
{
    struct case_store *store = fixture_case(state);

    assert_ok(case_begin(store, &err));
    for (uint32_t i = 0; i < 50000; i++) { /* several chunks */
        char key[32];

        (void)snprintf(key, sizeof(key), "key of %u", i * 3);
        add(store, (uint8_t)(i % 2), i * 3, key);
    }
    assert_ok(case_commit(store, &err));
    (void)case_close(store);
    store = fixture_reopen(state, false);
    assert_int_equal(case_subject_key(store, 0, 0).length, 0);
    assert_ok(case_load_subject_keys(store, &err));
    assert_ok(case_load_subject_keys(store, &err));
    for (uint32_t i = 0; i < 50000; i++) {
        char key[32];

        (void)snprintf(key, sizeof(key), "key of %u", i * 3);
        assert_true(slice_is(case_subject_key(store, (uint8_t)(i % 2), i * 3), key));
        assert_int_equal(case_subject_key(store, (uint8_t)(1 - i % 2), i * 3).length, 0);
        assert_int_equal(case_subject_key(store, (uint8_t)(i % 2), i * 3 + 1).length, 0);
    }
    (void)case_close(store);
}

static void keys_do_not_lie_on_disk_in_the_clear_and_need_the_key(void **state)
{
    struct case_store *store = fixture_case(state);
    CLEANUP(buf_clear_cleanup) struct buf out = {0};
    static const char wrong[32] = "another key";

    add(store, 0, 1, "A-REGISTER-KEY");
    (void)case_close(store);
    assert_ok(file_load(scratch_path(state, "case/case.db"), SIZE_MAX, &out, &err));
    assert_null(memmem(out.data, out.length, "A-REGISTER-KEY", 14));

    (void)remove(scratch_path(state, "case/key"));
    store = fixture_reopen(state, false);
    assert_fails(TQ_E_IO, "could not open", case_load_subject_keys(store, &err));
    scratch_write(scratch_path(state, "case/key"), "short", 5);
    assert_fails(TQ_E_KEY, "is no case key", case_load_subject_keys(store, &err));
    scratch_write(scratch_path(state, "case/key"), wrong, sizeof(wrong));
    assert_fails(TQ_E_KEY, "another key, or damaged", case_load_subject_keys(store, &err));
    (void)case_close(store);
}

static int gather_reading(void *state, const struct reading_row *row, struct tq_error *err)
{
    struct buf *out = state;

    buf_format(out, "%u.%u ", row->table, row->column);
    buf_add_slice(out, row->field);
    buf_format(out, " %.3f %d %u;", row->agreement, row->periodic, row->compared);
    return buf_check(out, err);
}

static void readings_come_by_table_and_column(void **state)
{
    struct case_store *store = fixture_case(state);
    CLEANUP(buf_clear_cleanup) struct buf out = {0};
    const struct reading_row rows[] = {
        {.table = 2,
         .column = 1,
         .field = SLICE_LITERAL("salary"),
         .periodic = true,
         .agreement = .5,
         .compared = 7},
        {.table = 1, .column = 3, .field = SLICE_LITERAL("x")},
        {.table = 2, .column = 0, .field = SLICE_LITERAL("employer>name"), .agreement = 1}};

    for (size_t i = 0; i < 3; i++)
        assert_ok(case_add_reading(store, &rows[i], &err));
    assert_ok(case_readings(store, UINT32_MAX, gather_reading, &out, &err));
    assert_string_equal(out.data,
                        "1.3 x 0.000 0 0;2.0 employer>name 1.000 0 0;2.1 salary 0.500 1 7;");
    buf_empty(&out);
    assert_ok(case_readings(store, 1, gather_reading, &out, &err));
    assert_string_equal(out.data, "1.3 x 0.000 0 0;");
    (void)case_close(store);
}

static void datings_come_back_as_they_were(void **state)
{
    struct case_store *store = fixture_case(state);
    int32_t at[] = {1, 2, MOMENT_MAX};
    float log[] = {-1.5f, 0, -2};
    const struct dating put = {.count = 2,
                               .snapshots = {{MOMENT_MIN, 5, 3, .75}, {7, 9, 8, .125}},
                               .background = .1,
                               .error = .2,
                               .rows = 1ull << 40,
                               .resolution_days = 1.5,
                               .curve_count = 3,
                               .curve_at = at,
                               .curve_log = log};
    struct dating got;

    assert_ok(case_get_dating(store, 1, &got, &err));
    assert_int_equal(got.count, 0);
    assert_ok(case_set_dating(store, 1, &put, &err));
    assert_ok(case_get_dating(store, 1, &got, &err));
    assert_int_equal(got.count, 2);
    assert_memory_equal(got.snapshots, put.snapshots, 2 * sizeof(put.snapshots[0]));
    assert_true(got.rows == put.rows && got.resolution_days > 1.4 && got.background < .11);
    assert_int_equal(got.curve_count, 3);
    assert_memory_equal(got.curve_at, at, sizeof(at));
    assert_memory_equal(got.curve_log, log, sizeof(log));
    dating_clear(&got);
    (void)case_close(store);
}

static int gather_count(void *state, const struct count_row *row, struct tq_error *err)
{
    struct buf *out = state;

    buf_format(out, "%s|%s|%s|%s|%llu|%llu|%llu;", row->measure, row->kind, row->category,
               row->verdict, (unsigned long long)row->value, (unsigned long long)row->low,
               (unsigned long long)row->high);
    return buf_check(out, err);
}

static void counts_and_kinds_are_kept(void **state)
{
    static const char *const kinds[] = {"person", "employer"};
    struct case_store *store = fixture_case(state);
    CLEANUP(buf_clear_cleanup) struct buf out = {0};
    const struct count_row rows[] = {{"records", "", "", "stale", 5, 4, 6},
                                     {"affected", "person", "financial", "", 1, 1, 1}};

    for (size_t i = 0; i < 2; i++)
        assert_ok(case_add_count(store, &rows[i], &err));
    assert_ok(case_counts(store, gather_count, &out, &err));
    assert_string_equal(out.data, "records|||stale|5|4|6;affected|person|financial||1|1|1;");

    assert_string_equal(case_kind_name(store, 0), "");
    assert_ok(case_set_kinds(store, 2, kinds, &err));
    assert_string_equal(case_kind_name(store, 0), "person");
    assert_string_equal(case_kind_name(store, 1), "employer");
    assert_string_equal(case_kind_name(store, 255), "");
    assert_ok(case_begin(store, &err));
    assert_ok(case_set_kinds(store, 1, kinds + 1, &err));
    assert_string_equal(case_kind_name(store, 0), "employer");
    case_rollback(store);
    assert_string_equal(case_kind_name(store, 0), "person");
    assert_ok(case_drop_results(store, &err)); /* kinds are the register's, not a result */
    assert_string_equal(case_kind_name(store, 1), "employer");
    (void)case_close(store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(subjects_come_by_kind_and_number_and_the_last_word_counts),
        TEST(keys_are_found_by_kind_and_number),
        TEST(keys_do_not_lie_on_disk_in_the_clear_and_need_the_key),
        TEST(readings_come_by_table_and_column),
        TEST(datings_come_back_as_they_were),
        TEST(counts_and_kinds_are_kept),
    };

    return cmocka_run_group_tests_name("store/case_subjects", tests, NULL, NULL);
}
