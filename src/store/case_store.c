/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/case_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"
#include "store/case_internal.h"
#include "store/vault.h"

#define DATABASE        "case.db"
#define DATABASE_NEW    "case.db.new"
#define BUSY_TIMEOUT_MS 10000

DEFINE_CLEANUP(struct case_store *, case_close)

/* What a folder may hold in which a case is made: our own leavings of an attempt that was cut
 * short. Anything else is somebody's, and no place for a case. */
static const char *const own_names[] = {
    ".",          "..",  "case.db.new", "case.db.new-journal", "case.db.new-wal", "case.db.new-shm",
    "cache.pack", "key", "vault",       "ledger.jsonl",        "lost+found",
};

bool case_is_case(const char *folder)
{
    CLEANUP(free_cleanup) char *database = file_join(folder, DATABASE);

    return database && file_exists(database);
}

static bool is_own_name(const char *name)
{
    for (size_t i = 0; i < sizeof(own_names) / sizeof(own_names[0]); i++)
        if (strcmp(own_names[i], name) == 0)
            return true;
    return strncmp(name, "key.tmp-", 8) == 0;
}

static int check_folder_is_free(const char *folder, struct tq_error *err)
{
    CLEANUP(closedir_cleanup) DIR *entries = opendir(folder);
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    const struct dirent *entry;

    if (!entries)
        return tq_fail(err, TQ_E_IO, "could not open folder '%s': %s", folder, strerror(errno));
    while ((entry = readdir(entries))) {
        if (strcmp(entry->d_name, DATABASE) == 0)
            return tq_fail(err, TQ_E_USAGE, "'%s' is a case already", folder);
        if (is_own_name(entry->d_name))
            continue;
        escape_text(&name, slice_of(entry->d_name));
        return tq_fail(err, TQ_E_USAGE, "'%s' is neither a case nor an empty folder: it holds '%s'",
                       folder, name.data ? name.data : "");
    }
    return TQ_OK;
}

/* The key survives an attempt that was cut short: the vault may already depend on it. */
static int make_key(const char *folder, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *path = file_join(folder, "key");
    char key[CASE_KEY_BYTES];
    int r;

    if (!path)
        return tq_no_memory(err);
    if (file_exists(path))
        return TQ_OK;
    if (sodium_init() < 0)
        return tq_fail(err, TQ_E_IO, "could not start libsodium");
    randombytes_buf(key, sizeof(key));
    r = file_save(path, slice_make(key, sizeof(key)), 0600, err);
    sodium_memzero(key, sizeof(key));
    return r;
}

static int execute(const struct case_store *store, const char *text, struct tq_error *err)
{
    int code = sqlite3_exec(store->db, text, NULL, NULL, NULL);

    if (code != SQLITE_OK)
        return case_sql_fail(store, code, err);
    return TQ_OK;
}

/* Everything but the name: a database that is complete before it is called case.db. It gets its
 * write-ahead log when it is first opened for writing, so that here one file is all of it. */
static int fill_database(struct case_store *store, struct slice title, struct tq_error *err)
{
    char identity[128];
    int r;

    (void)sqlite3_snprintf(sizeof(identity), identity,
                           "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                           CASE_APPLICATION_ID, CASE_SCHEMA_VERSION);
    r = execute(store, "PRAGMA page_size = 16384; BEGIN;", err);
    if (r < 0)
        return r;
    r = execute(store, case_schema, err);
    if (r < 0)
        return r;
    r = execute(store, identity, err);
    if (r < 0)
        return r;
    r = case_set_value(store, "title", title, err);
    if (r < 0)
        return r;
    return execute(store, "COMMIT;", err);
}

static int store_new(const char *folder, const char *database, struct case_store **out_store,
                     struct tq_error *err)
{
    struct case_store *store = alloc_zeroed(1, sizeof(*store));
    pthread_mutexattr_t recursive;

    if (!store)
        return tq_no_memory(err);
    store->pack.fd = -1;
    if (pthread_mutexattr_init(&recursive) != 0) {
        free(store);
        return tq_no_memory(err);
    }
    (void)pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    (void)pthread_mutex_init(&store->mutex, &recursive);
    (void)pthread_mutexattr_destroy(&recursive);

    store->folder = case_copy_text(slice_of(folder));
    store->database = file_join(folder, database);
    if (!store->folder || !store->database) {
        (void)case_close(store);
        return tq_no_memory(err);
    }
    *out_store = store;
    return TQ_OK;
}

static int open_database(struct case_store *store, const char *name, int flags,
                         struct tq_error *err)
{
    int code = sqlite3_open_v2(name, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);

    if (code != SQLITE_OK)
        return case_sql_fail(store, code, err);
    (void)sqlite3_extended_result_codes(store->db, 1);
    (void)sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return TQ_OK;
}

/* Remove what a killed attempt left of the unfinished database. */
static void remove_unfinished(const char *database)
{
    static const char *const suffixes[] = {"", "-journal", "-wal", "-shm"};

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        CLEANUP(buf_clear_cleanup) struct buf path = {0};

        buf_format(&path, "%s%s", database, suffixes[i]);
        if (path.data)
            (void)unlink(path.data); /* mostly not there */
    }
}

static int make_database(const char *folder, struct slice title, char **out_path,
                         struct tq_error *err)
{
    CLEANUP(case_close_cleanup) struct case_store *store = NULL;
    CLEANUP(free_cleanup) char *path = NULL;
    int r;

    r = store_new(folder, DATABASE_NEW, &store, err);
    if (r < 0)
        return r;
    remove_unfinished(store->database);
    r = open_database(store, store->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
    if (r < 0)
        return r;
    r = fill_database(store, title, err);
    if (r < 0)
        return r;
    path = case_copy_text(slice_of(store->database));
    if (!path)
        return tq_no_memory(err);
    *out_path = TAKE(path);
    return TQ_OK;
}

static int name_database(const char *folder, const char *unfinished, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *database = file_join(folder, DATABASE);
    int fd;

    if (!database)
        return tq_no_memory(err);
    fd = open(unfinished, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open '%s': %s", unfinished, strerror(errno));
    if (fchmod(fd, 0600) < 0) { /* the log beside it will have the same mode */
        int r = tq_fail(err, TQ_E_IO, "could not set the mode of '%s': %s", unfinished,
                        strerror(errno));

        (void)close(fd);
        return r;
    }
    return file_commit(fd, unfinished, database, err);
}

int case_create(const char *folder, struct slice title, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *vault = file_join(folder, "vault");
    CLEANUP(free_cleanup) char *cache = file_join(folder, "cache.pack");
    CLEANUP(free_cleanup) char *unfinished = NULL;
    CLEANUP(pack_close) struct pack pack = {.fd = -1};
    int r;

    if (!vault || !cache)
        return tq_no_memory(err);
    r = file_make_folder(folder, 0700, err);
    if (r < 0)
        return r;
    r = check_folder_is_free(folder, err);
    if (r < 0)
        return r;
    r = pack_open(cache, true, &pack, err); /* its lock keeps a second creator out */
    if (r < 0)
        return r;
    r = pack_sync(&pack, err);
    if (r < 0)
        return r;
    r = make_key(folder, err);
    if (r < 0)
        return r;
    r = file_make_folder(vault, 0700, err);
    if (r < 0)
        return r;
    r = make_database(folder, title, &unfinished, err);
    if (r < 0)
        return r;
    return name_database(folder, unfinished, err);
}

static int read_number(struct case_store *store, const char *text, int64_t *out_number,
                       struct tq_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, text, -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *out_number = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement); /* repeats `code` */
    if (code != SQLITE_ROW)
        return case_sql_fail(store, code, err);
    return TQ_OK;
}

static int check_identity(struct case_store *store, struct tq_error *err)
{
    int64_t application = 0, version = 0, tables = 0;
    int r;

    r = read_number(store, "PRAGMA application_id", &application, err);
    if (r < 0)
        return r;
    r = read_number(store, "PRAGMA user_version", &version, err);
    if (r < 0)
        return r;
    /* Reads the schema, so that a cut or unreadable file is noticed here and not halfway. */
    r = read_number(store, "SELECT count(*) FROM sqlite_schema", &tables, err);
    if (r < 0)
        return r;
    if (application != CASE_APPLICATION_ID)
        return tq_fail(err, TQ_E_SYNTAX, "'%s' is a database, but not that of a case",
                       store->database);
    if (version > CASE_SCHEMA_VERSION)
        return tq_fail(err, TQ_E_SYNTAX,
                       "'%s' was made by a newer version of this program (schema %lld, known up to "
                       "%d)",
                       store->database, (long long)version, CASE_SCHEMA_VERSION);
    if (version < CASE_SCHEMA_VERSION)
        return tq_fail(err, TQ_E_SYNTAX,
                       "'%s' was made by an older version of this program (schema %lld); make the "
                       "case anew from its evidence",
                       store->database, (long long)version);
    return TQ_OK;
}

static int open_for_writing(struct case_store *store, struct tq_error *err)
{
    int r;

    r = open_database(store, store->database, SQLITE_OPEN_READWRITE, err);
    if (r < 0)
        return r;
    if (sqlite3_db_readonly(store->db, "main") == 1)
        return case_sql_fail(store, SQLITE_READONLY, err);
    r = check_identity(store, err);
    if (r < 0)
        return r;
    /* FULL: a commit that was told of ("taken") survives a power cut. */
    return execute(store,
                   "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                   "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;"
                   "PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864;"
                   "PRAGMA cell_size_check = ON;",
                   err);
}

/* The part of a path that a URI file name must quote. */
static void add_uri_path(struct buf *out, const char *path)
{
    for (; *path; path++) {
        if (strchr("%?#", *path) || (unsigned char)*path >= 0x80)
            buf_format(out, "%%%02X", (unsigned)(unsigned char)*path);
        else
            buf_add_byte(out, *path);
    }
}

/* On a medium that cannot be written SQLite reads a database with a write-ahead log only when told
 * that nothing will change; that is true only if the log has nothing in it. */
static int open_immutable(struct case_store *store, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf uri = {0};
    CLEANUP(buf_clear_cleanup) struct buf log = {0};
    struct stat info;
    int r;

    buf_format(&log, "%s-wal", store->database);
    buf_add_text(&uri, "file:");
    add_uri_path(&uri, store->database);
    buf_add_text(&uri, "?immutable=1");
    if (buf_check(&uri, err) < 0 || buf_check(&log, err) < 0)
        return TQ_E_NOMEM;
    if (stat(log.data, &info) == 0 && info.st_size > 0)
        return tq_fail(err, TQ_E_IO,
                       "could not open '%s': it cannot be written, and has an unfinished log",
                       store->database);

    (void)sqlite3_close(store->db);
    store->db = NULL;
    r = open_database(store, uri.data, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
    if (r < 0)
        return r;
    return check_identity(store, err);
}

static int open_for_reading(struct case_store *store, struct tq_error *err)
{
    int r;

    /* Not SQLITE_OPEN_READONLY: a reader must be able to make the shared memory of the log. */
    r = open_database(store, store->database, SQLITE_OPEN_READWRITE, err);
    if (r < 0)
        return r;
    r = check_identity(store, err);
    if (r == TQ_E_IO && access(store->database, R_OK) == 0)
        r = open_immutable(store, err);
    if (r < 0)
        return r;
    return execute(store,
                   "PRAGMA query_only = ON; PRAGMA cache_size = -65536;"
                   "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;",
                   err);
}

/* What a killed process committed, and the name of the case itself, may be in memory only: before
 * anything relies on them (the pack is cut behind its last entry) they are brought to the disk. */
static int settle(struct case_store *store, struct tq_error *err)
{
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

    if (code != SQLITE_OK)
        return case_sql_fail(store, code, err);
    return file_sync_name_of_folder(store->folder, err);
}

/* Dead bytes at the end of the pack, and files in the vault that were never finished. */
static int tidy(struct case_store *store, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r;

    r = settle(store, err);
    if (r < 0)
        return r;
    r = vault_tidy(store->folder, err);
    if (r < 0)
        return r;
    r = case_query_start(store, SQL_PACK_END, &query, err);
    if (r < 0)
        return r;
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    return pack_cut(&store->pack, row ? case_query_number(&query, 0) : 0, err);
}

int case_open(const char *folder, bool writing, struct case_store **out_store, struct tq_error *err)
{
    CLEANUP(case_close_cleanup) struct case_store *store = NULL;
    CLEANUP(free_cleanup) char *cache = file_join(folder, "cache.pack");
    int r;

    if (!cache)
        return tq_no_memory(err);
    r = store_new(folder, DATABASE, &store, err);
    if (r < 0)
        return r;
    if (!file_exists(store->database))
        return tq_fail(err, TQ_E_IO, "'%s' is not a case: there is no %s in it", folder, DATABASE);
    store->writing = writing;
    r = pack_open(cache, writing, &store->pack, err);
    if (r < 0)
        return r;
    r = writing ? open_for_writing(store, err) : open_for_reading(store, err);
    if (r < 0)
        return r;
    if (writing) {
        r = tidy(store, err);
        if (r < 0)
            return r;
    }
    *out_store = TAKE(store);
    return TQ_OK;
}

struct case_store *case_close(struct case_store *store)
{
    if (!store)
        return NULL;
    if (store->in_transaction)
        case_rollback(store);
    for (size_t i = 0; i < SQL_STATEMENT_COUNT; i++)
        (void)sqlite3_finalize(store->statements[i]); /* NULL allowed; nothing left to report */
    (void)sqlite3_close(store->db); /* whatever was committed is in the log if this fails */
    pack_close(&store->pack);
    case_subjects_release(store);
    case_kinds_forget(store);
    buf_clear(&store->entry);
    free(store->folder);
    free(store->database);
    (void)pthread_mutex_destroy(&store->mutex);
    free(store);
    return NULL;
}

const char *case_folder(const struct case_store *store)
{
    return store->folder;
}

int case_begin(struct case_store *store, struct tq_error *err)
{
    CASE_HOLD(store);
    int r;

    if (store->in_transaction)
        return tq_fail(err, TQ_E_USAGE, "there is a transaction already");
    r = case_run(store, store->writing ? SQL_BEGIN_WRITING : SQL_BEGIN_READING, err);
    if (r < 0)
        return r;
    store->in_transaction = true;
    store->pack_mark = store->pack.end;
    return TQ_OK;
}

int case_commit(struct case_store *store, struct tq_error *err)
{
    CASE_HOLD(store);
    int r;

    if (!store->in_transaction)
        return tq_fail(err, TQ_E_USAGE, "there is no transaction to commit");
    r = case_subjects_flush(store, err);
    if (r < 0)
        return r;
    r = pack_sync(&store->pack, err); /* first what is pointed to, then the pointers */
    if (r < 0)
        return r;
    r = case_run(store, SQL_COMMIT, err);
    if (r < 0)
        return r;
    store->in_transaction = false;
    return TQ_OK;
}

void case_rollback(struct case_store *store)
{
    CASE_HOLD(store);
    struct tq_error ignored;

    if (!store->in_transaction)
        return;
    /* Without memory to prepare the statement, the plain call may still do; else closing does. */
    if (!sqlite3_get_autocommit(store->db) && case_run(store, SQL_ROLLBACK, &ignored) < 0)
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    store->in_transaction = false;
    store->pack.end = store->pack_mark;
    case_subjects_forget(store);
    case_kinds_forget(store);
}

int case_pack_append(struct case_store *store, struct pack_entry *entry, struct tq_error *err)
{
    int r;

    if (!store->writing)
        return tq_fail(err, TQ_E_USAGE, "the case '%s' was opened for reading", store->folder);
    r = pack_append(&store->pack, &store->entry, entry, err);
    if (r < 0 || store->in_transaction)
        return r;
    return pack_sync(&store->pack, err);
}

int case_set_value(struct case_store *store, const char *name, struct slice value,
                   struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_VALUE_SET, &query, err);

    if (r < 0)
        return r;
    case_query_bind_bytes(&query, 1, slice_of(name));
    case_query_bind_bytes(&query, 2, value);
    return case_query_finish(&query, err);
}

int case_get_value(struct case_store *store, const char *name, struct buf *out,
                   struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_VALUE_GET, &query, err);

    if (r < 0)
        return r;
    case_query_bind_bytes(&query, 1, slice_of(name));
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    if (row)
        buf_add_slice(out, case_query_bytes(&query, 0));
    return buf_check(out, err);
}
