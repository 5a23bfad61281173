/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "case_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"

static void assert_value(struct case_store *store, const char *name, const char *value)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    buf_add_text(&out, "");
    assert_ok(case_get_value(store, name, &out, &err));
    assert_string_equal(out.data, value);
}

static void a_new_case_has_its_title_and_a_secret_key(void **state)
{
    struct case_store *store = fixture_case(state);
    struct stat info;

    assert_true(case_is_case(scratch_path(state, "case")));
    assert_string_equal(case_folder(store), scratch_path(state, "case"));
    assert_value(store, "title", "a title");
    assert_value(store, "nothing", "");
    assert_int_equal(stat(scratch_path(state, "case/key"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(info.st_size, 32);
    assert_int_equal(stat(scratch_path(state, "case/vault"), &info), 0);
    assert_null(case_close(store));
    assert_null(case_close(NULL));
}

static void a_case_is_made_only_in_an_empty_folder(void **state)
{
    (void)case_close(fixture_case(state));
    assert_fails(TQ_E_USAGE, "is a case already",
                 case_create(scratch_path(state, "case"), SLICE_LITERAL(""), &err));
    assert_int_equal(mkdir(scratch_path(state, "full"), 0700), 0);
    scratch_write(scratch_path(state, "full/thesis\n.txt"), "x", 1);
    assert_fails(TQ_E_USAGE, "thesis\\u{000A}.txt",
                 case_create(scratch_path(state, "full"), SLICE_LITERAL(""), &err));
}

static void what_a_killed_creation_left_is_taken_over(void **state)
{
    struct case_store *store;
    CLEANUP(buf_clear_cleanup) struct buf key = {0};

    assert_int_equal(mkdir(scratch_path(state, "case"), 0700), 0);
    scratch_write(scratch_path(state, "case/key"), "0123456789abcdef0123456789abcdef", 32);
    scratch_write(scratch_path(state, "case/cache.pack"), "TAH", 3);
    scratch_write(scratch_path(state, "case/case.db.new"), "half a database", 15);
    store = fixture_case(state);
    assert_value(store, "title", "a title");
    assert_ok(file_load(scratch_path(state, "case/key"), 100, &key, &err));
    assert_string_equal(key.data, "0123456789abcdef0123456789abcdef");
    (void)case_close(store);
}

static void one_process_writes_and_others_read(void **state)
{
    struct case_store *writer = fixture_case(state), *reader, *second;

    assert_fails(TQ_E_IO, "in use by another process",
                 case_open(scratch_path(state, "case"), true, &second, &err));
    reader = fixture_reopen(state, false);
    assert_ok(case_begin(writer, &err));
    assert_ok(case_set_value(writer, "examined", SLICE_LITERAL("yes"), &err));
    assert_value(reader, "examined", "");
    assert_ok(case_begin(reader, &err)); /* sees one state from its first question on */
    assert_value(reader, "examined", "");
    assert_ok(case_commit(writer, &err));
    assert_value(reader, "examined", "");
    assert_ok(case_commit(reader, &err));
    assert_value(reader, "examined", "yes");
    assert_fails(TQ_E_IO, "read-only", case_set_value(reader, "x", SLICE_LITERAL("y"), &err));
    (void)case_close(reader);
    (void)case_close(writer);
}

static void what_is_rolled_back_or_never_committed_is_gone(void **state)
{
    struct case_store *store = fixture_case(state);

    assert_fails(TQ_E_USAGE, "no transaction", case_commit(store, &err));
    assert_ok(case_begin(store, &err));
    assert_fails(TQ_E_USAGE, "transaction already", case_begin(store, &err));
    assert_ok(case_set_value(store, "a", SLICE_LITERAL("1"), &err));
    case_rollback(store);
    case_rollback(store);
    assert_value(store, "a", "");
    assert_ok(case_begin(store, &err));
    assert_ok(case_set_value(store, "a", SLICE_LITERAL("2"), &err));
    (void)case_close(store);
    store = fixture_reopen(state, true);
    assert_value(store, "a", "");
    (void)case_close(store);
}

static void what_is_no_case_is_refused_clearly(void **state)
{
    struct case_store *store;
    sqlite3 *db;

    assert_fails(TQ_E_IO, "is not a case: there is no case.db",
                 case_open(scratch_path(state, "nowhere"), true, &store, &err));
    assert_int_equal(mkdir(scratch_path(state, "case"), 0700), 0);
    scratch_write(scratch_path(state, "case/case.db"),
                  "this is a letter to my grandmother, and it is long enough to be read", 68);
    assert_fails(TQ_E_SYNTAX, "is not the database of a case",
                 case_open(scratch_path(state, "case"), true, &store, &err));
    assert_fails(TQ_E_SYNTAX, "is not the database of a case",
                 case_open(scratch_path(state, "case"), false, &store, &err));
    (void)remove(scratch_path(state, "case/case.db"));
    assert_int_equal(sqlite3_open(scratch_path(state, "case/case.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE recipe(name)", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    assert_fails(TQ_E_SYNTAX, "but not that of a case",
                 case_open(scratch_path(state, "case"), true, &store, &err));
    scratch_write(scratch_path(state, "case/case.db"), "", 0);
    assert_fails(TQ_E_SYNTAX, "but not that of a case",
                 case_open(scratch_path(state, "case"), true, &store, &err));
}

static void a_newer_schema_is_refused_clearly(void **state)
{
    struct case_store *store = fixture_case(state);
    sqlite3 *db;

    (void)case_close(store);
    assert_int_equal(sqlite3_open(scratch_path(state, "case/case.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    assert_fails(TQ_E_SYNTAX, "newer version of this program (schema 99",
                 case_open(scratch_path(state, "case"), true, &store, &err));
}

/* Fill the case, then overwrite or cut the database: opening or reading must fail with a message,
 * or give what was there. */
static void a_damaged_database_is_an_error_and_no_crash(void **state)
{
    struct case_store *store = fixture_case(state);
    CLEANUP(buf_clear_cleanup) struct buf whole = {0};
    unsigned failed = 0;

    assert_ok(case_begin(store, &err));
    for (uint32_t i = 0; i < 2000; i++) {
        uint8_t sha256[SHA256_BYTES] = {0};
        char name[32];
        uint32_t number;

        memcpy(sha256, &i, sizeof(i));
        (void)snprintf(name, sizeof(name), "some file %u", i);
        assert_ok(case_add_exhibit(store, 0, slice_of(name), sha256, i, NULL, &number, &err));
    }
    assert_ok(case_commit(store, &err));
    (void)case_close(store);
    assert_ok(file_load(scratch_path(state, "case/case.db"), SIZE_MAX, &whole, &err));

    for (size_t round = 0; round < 60; round++) {
        size_t at = (round * 7919 * 16) % whole.length, length = whole.length;
        struct exhibit_list list = {0};
        struct tq_error err = {0};
        int r;

        if (round % 3 == 0)
            length = at; /* cut */
        for (size_t i = at; i < at + 64 && i < length; i++)
            whole.data[i] = (char)~whole.data[i];
        scratch_write(scratch_path(state, "case/case.db"), whole.data, length);
        for (size_t i = at; i < at + 64 && i < length; i++)
            whole.data[i] = (char)~whole.data[i];
        r = case_open(scratch_path(state, "case"), true, &store, &err);
        if (r == TQ_OK) {
            r = case_load_exhibits(store, &list, &err);
            exhibit_list_clear(&list);
            (void)case_close(store);
        }
        if (r < 0) {
            assert_true(strlen(err.message) > 10);
            failed++;
        }
        (void)remove(scratch_path(state, "case/case.db-wal"));
        (void)remove(scratch_path(state, "case/case.db-shm"));
    }
    assert_true(failed > 20);
}

/* A limit on the size of files stands in for a full disk: write() fails halfway. */
static void a_full_disk_is_told_and_nothing_is_half_there(void **state)
{
    pid_t child;
    int status;
    struct case_store *store = fixture_case(state);

    (void)case_close(store);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit limit = {300000, 300000};
        struct tq_error err = {0};
        int r = case_open(scratch_path(state, "case"), true, &store, &err);

        (void)signal(SIGXFSZ, SIG_IGN);
        (void)setrlimit(RLIMIT_FSIZE, &limit);
        if (r == TQ_OK)
            r = case_begin(store, &err);
        for (unsigned i = 0; r == TQ_OK && i < 100000; i++)
            r = case_add_note(store, 1, i, SLICE_LITERAL("a note of some length, again"), &err);
        if (r == TQ_OK)
            r = case_commit(store, &err);
        if (r == TQ_E_IO && strstr(err.message, "could not"))
            r = case_commit(store, &err) < 0 ? TQ_E_IO : TQ_OK; /* still refused */
        else
            r = TQ_OK;
        case_rollback(store);
        (void)case_close(store);
        _exit(r == TQ_E_IO ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    store = fixture_reopen(state, true);
    assert_value(store, "title", "a title");
    (void)case_close(store);
}

static void a_folder_that_cannot_be_written_can_be_read(void **state)
{
    struct case_store *store = fixture_case(state);

    if (geteuid() == 0) {
        (void)case_close(store);
        SKIP_BECAUSE("permissions do not bind root");
    }
    assert_ok(case_set_value(store, "examined", SLICE_LITERAL("yes"), &err));
    (void)case_close(store);
    assert_int_equal(chmod(scratch_path(state, "case/case.db"), 0400), 0);
    assert_int_equal(chmod(scratch_path(state, "case/cache.pack"), 0400), 0);
    assert_int_equal(chmod(scratch_path(state, "case"), 0500), 0);
    store = fixture_reopen(state, false);
    assert_value(store, "examined", "yes");
    (void)case_close(store);
    assert_fails(TQ_E_IO, "could not open",
                 case_open(scratch_path(state, "case"), true, &store, &err));
    assert_int_equal(chmod(scratch_path(state, "case"), 0700), 0);
}

/* Open a case and ask it for all it has. */
static int ask_everything(const char *folder, struct tq_error *err)
{
    struct finding_batch findings = {0};
    struct exhibit_list exhibits = {0};
    struct stored_table_list tables = {0};
    struct batch_source rows = {0};
    struct buf value = {0};
    struct case_store *store = NULL;
    int r = case_open(folder, true, &store, err);

    if (r == TQ_OK)
        r = case_load_exhibits(store, &exhibits, err);
    if (r == TQ_OK)
        r = case_load_tables(store, UINT32_MAX, &tables, err);
    if (r == TQ_OK)
        r = case_open_rows(store, 1, &rows, err);
    if (r == TQ_OK)
        r = case_load_findings(store, 1, 0, &findings, err);
    if (r == TQ_OK)
        r = case_get_value(store, "title", &value, err);
    if (r == TQ_OK)
        r = case_load_subject_keys(store, err);
    buf_clear(&value);
    finding_batch_clear(&findings);
    if (rows.state)
        case_close_rows(&rows);
    stored_table_list_clear(&tables);
    exhibit_list_clear(&exhibits);
    (void)case_close(store);
    return r;
}

static void every_failed_allocation_is_told(void **state)
{
    struct case_store *store = fixture_case(state);
    const struct subject_row subject = {.subject = 1};
    const struct record_finding record = {.record = 1};
    struct finding_batch findings = {0};
    struct table head = {0};
    uint8_t sha256[SHA256_BYTES] = {0};
    uint32_t number;

    for (uint32_t i = 0; i < 3; i++) { /* two of one path */
        sha256[0] = (uint8_t)i;
        assert_ok(
            case_add_exhibit(store, i / 2, SLICE_LITERAL("a"), sha256, 1, NULL, &number, &err));
    }
    assert_ok(table_init(&head, SLICE_LITERAL("n"), SLICE_LITERAL("csv"), 2, &err));
    assert_ok(case_add_table(store, 1, SLICE_LITERAL(""), &head, &number, &err));
    table_clear(&head);
    assert_ok(finding_batch_add_record(&findings, &record, &err));
    assert_ok(case_add_findings(store, 1, 0, &findings, &err));
    finding_batch_clear(&findings);
    assert_ok(case_add_subject(store, &subject, SLICE_LITERAL("key"), &err));
    (void)case_close(store);

    for (unsigned nth = 1;; nth++) {
        struct tq_error err = {0};
        int r;

        alloc_fail_nth(nth);
        r = ask_everything(scratch_path(state, "case"), &err);
        alloc_fail_nth(0);
        if (r == TQ_OK) {
            assert_true(nth > 20);
            break;
        }
        assert_int_equal(r, TQ_E_NOMEM);
        assert_int_equal(err.status, TQ_E_NOMEM);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_new_case_has_its_title_and_a_secret_key),
        TEST(a_case_is_made_only_in_an_empty_folder),
        TEST(what_a_killed_creation_left_is_taken_over),
        TEST(one_process_writes_and_others_read),
        TEST(what_is_rolled_back_or_never_committed_is_gone),
        TEST(what_is_no_case_is_refused_clearly),
        TEST(a_newer_schema_is_refused_clearly),
        TEST(a_damaged_database_is_an_error_and_no_crash),
        TEST(a_full_disk_is_told_and_nothing_is_half_there),
        TEST(a_folder_that_cannot_be_written_can_be_read),
        TEST(every_failed_allocation_is_told),
    };

    return cmocka_run_group_tests_name("store/case_store", tests, NULL, NULL);
}
