/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "case_fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/hash.h"

#define ROUNDS       20
#define ROUNDS_MAX   200
#define BATCH_ROWS   200u
#define KILL_US_MAX  30000u
#define FINDING_ROWS 50u

static int append_numbered_batch(struct case_store *store, uint32_t table, uint32_t number,
                                 struct tq_error *err)
{
    struct batch_builder builder;
    int r = TQ_OK;

    batch_builder_init(&builder, 1);
    batch_builder_empty(&builder, (uint64_t)number * BATCH_ROWS);
    for (uint32_t i = 0; r == TQ_OK && i < BATCH_ROWS; i++) {
        char text[64];

        (void)snprintf(text, sizeof(text), "batch %u row %u of some length", number, i);
        r = batch_builder_cell(&builder, slice_of(text), err);
        if (r == TQ_OK)
            r = batch_builder_row(&builder, 0, i + 1, i, 0, err);
    }
    if (r == TQ_OK)
        r = case_append_batch(store, table, &builder.batch, err);
    batch_builder_clear(&builder);
    return r;
}

/* Transaction n: one batch, its findings, exhibit n, a note on it, a subject, and the value
 * "done" = n. */
static int write_transaction(struct case_store *store, uint32_t number, struct tq_error *err)
{
    uint8_t sha256[SHA256_BYTES] = {1};
    struct finding_batch findings = {0};
    const struct record_finding record = {.record = number};
    const struct subject_row subject = {.subject = number};
    char text[16];
    uint32_t exhibit;
    int r;

    (void)snprintf(text, sizeof(text), "%u", number);
    r = case_begin(store, err);
    if (r == TQ_OK)
        r = append_numbered_batch(store, 1, number, err);
    for (uint32_t i = 0; r == TQ_OK && i < FINDING_ROWS; i++)
        r = finding_batch_add_record(&findings, &record, err);
    if (r == TQ_OK)
        r = case_add_findings(store, 1, number, &findings, err);
    finding_batch_clear(&findings);
    if (r == TQ_OK)
        r = case_add_exhibit(store, 0, slice_of(text), sha256, 1, NULL, &exhibit, err);
    if (r == TQ_OK)
        r = case_add_note(store, exhibit, 0, slice_of(text), err);
    if (r == TQ_OK)
        r = case_add_subject(store, &subject, slice_of(text), err);
    if (r == TQ_OK)
        r = case_set_value(store, "done", slice_of(text), err);
    if (r == TQ_OK)
        r = case_commit(store, err);
    return r;
}

static uint32_t done(struct case_store *store)
{
    struct buf value = {0};
    uint32_t number;

    buf_add_text(&value, "");
    assert_ok(case_get_value(store, "done", &value, &err));
    number = value.length ? (uint32_t)atoi(value.data) + 1 : 0;
    buf_clear(&value);
    return number;
}

static int count_note(void *state, uint32_t exhibit, uint64_t place, struct slice text,
                      struct tq_error *err)
{
    (void)exhibit;
    (void)place;
    (void)text;
    (void)err;
    ++*(uint32_t *)state;
    return TQ_OK;
}

static int count_subject(void *state, const struct subject_row *row, struct slice key,
                         struct tq_error *err)
{
    (void)row;
    (void)key;
    (void)err;
    ++*(uint32_t *)state;
    return TQ_OK;
}

static void assert_whole(struct case_store *store, uint32_t transactions)
{
    struct exhibit_list exhibits;
    struct batch_source source;
    uint32_t notes = 0, subjects = 0, findings;
    void *scratch;

    assert_ok(case_load_exhibits(store, &exhibits, &err));
    assert_int_equal(exhibits.count, transactions);
    exhibit_list_clear(&exhibits);
    assert_ok(case_notes(store, 0, count_note, &notes, &err));
    assert_int_equal(notes, transactions);
    assert_ok(case_subjects(store, count_subject, &subjects, &err));
    assert_int_equal(subjects, transactions);
    assert_ok(case_finding_batches(store, 1, &findings, &err));
    assert_int_equal(findings, transactions);

    assert_ok(case_open_rows(store, 1, &source, &err));
    assert_int_equal(source.batch_count, transactions);
    scratch = source.scratch_new(source.state);
    for (uint32_t i = 0; i < transactions; i++) {
        const struct batch *batch;
        char text[64];

        assert_ok(source.load(source.state, i, scratch, &batch, &err));
        (void)snprintf(text, sizeof(text), "batch %u row 7 of some length", i);
        assert_true(slice_is(batch_cell(batch, 7, 0), text));
    }
    source.scratch_free(scratch);
    case_close_rows(&source);
}

static void write_until_killed(const char *folder)
{
    struct case_store *store;
    struct tq_error err;
    struct buf value = {0};
    uint32_t number;

    if (case_open(folder, true, &store, &err) < 0
        || case_get_value(store, "done", &value, &err) < 0)
        _exit(1);
    number = value.length ? (uint32_t)atoi(value.data) + 1 : 0;
    for (;; number++)
        if (write_transaction(store, number, &err) < 0)
            _exit(2);
}

/* A killed process leaves whole transactions, and the next one goes on behind the last of them. */
static void a_kill_at_any_moment_leaves_whole_transactions(void **state)
{
    struct case_store *store = fixture_case(state);
    struct table head = {0};
    uint32_t table, before = 0;

    assert_ok(table_init(&head, SLICE_LITERAL(""), SLICE_LITERAL("csv"), 1, &err));
    assert_ok(case_add_table(store, 1, SLICE_LITERAL(""), &head, &table, &err));
    assert_int_equal(table, 1);
    table_clear(&head);
    (void)case_close(store);

    /* A busy machine lets nobody write anything in a few milliseconds: more rounds, and longer. */
    for (uint64_t round = 0; round < ROUNDS || (before == 0 && round < ROUNDS_MAX); round++) {
        const uint64_t most_us = KILL_US_MAX * (1 + round / ROUNDS);
        const struct timespec wait = {0, (long)(hash_mix(round + 1) % most_us) * 1000};
        pid_t child = fork();
        int status;

        assert_true(child >= 0);
        if (child == 0)
            write_until_killed(scratch_path(state, "case"));
        (void)nanosleep(&wait, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));

        store = fixture_reopen(state, true);
        assert_true(done(store) >= before);
        before = done(store);
        assert_whole(store, before);
        (void)case_close(store);
    }
    assert_true(before > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_kill_at_any_moment_leaves_whole_transactions,
                                        scratch_setup, scratch_teardown),
    };

    return cmocka_run_group_tests_name("store/case_kill", tests, NULL, NULL);
}
