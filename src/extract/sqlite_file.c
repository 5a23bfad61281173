/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/sqlite_file.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"

#define SECTOR_BYTES      4096
#define NAME_BYTES        64
#define STEP_INSTRUCTIONS 10000 /* between two calls of `steps` */
#define WRITE_VERSION_AT  18    /* in the header: 2 says that there is a write-ahead log */
#define READ_VERSION_AT   19

struct open_file {
    sqlite3_file base;
    const struct sqlite_file *file;
};

static const struct sqlite_file *file_of(sqlite3_file *opened)
{
    return ((struct open_file *)(void *)opened)->file;
}

/* A database in WAL mode is read as it is without its log. */
static void hide_log(char *data, int64_t offset, size_t length)
{
    for (int64_t at = WRITE_VERSION_AT; at <= READ_VERSION_AT; at++) {
        if (at >= offset && at < offset + (int64_t)length && data[at - offset] == 2)
            data[at - offset] = 1;
    }
}

static int file_read_part(sqlite3_file *opened, void *data, int length, sqlite3_int64 offset)
{
    struct tq_error ignored;
    size_t got = 0;

    if (offset < 0 || length < 0
        || file_read_at(file_of(opened)->fd, (uint64_t)offset, data, (size_t)length, &got, &ignored)
               < 0)
        return SQLITE_IOERR_READ;
    hide_log(data, offset, got);
    if (got == (size_t)length)
        return SQLITE_OK;
    memset((char *)data + got, 0, (size_t)length - got);
    return SQLITE_IOERR_SHORT_READ;
}

static int refuse_write(sqlite3_file *opened, const void *data, int length, sqlite3_int64 offset)
{
    (void)opened;
    (void)data;
    (void)length;
    (void)offset;
    return SQLITE_READONLY;
}

static int refuse_truncate(sqlite3_file *opened, sqlite3_int64 size)
{
    (void)opened;
    (void)size;
    return SQLITE_READONLY;
}

static int file_size(sqlite3_file *opened, sqlite3_int64 *out_size)
{
    *out_size = (sqlite3_int64)file_of(opened)->size_bytes;
    return SQLITE_OK;
}

static int do_nothing(sqlite3_file *opened)
{
    (void)opened;
    return SQLITE_OK;
}

static int do_nothing_so(sqlite3_file *opened, int how)
{
    (void)opened;
    (void)how;
    return SQLITE_OK;
}

static int check_lock(sqlite3_file *opened, int *out_locked)
{
    (void)opened;
    *out_locked = 0;
    return SQLITE_OK;
}

static int know_no_control(sqlite3_file *opened, int operation, void *argument)
{
    (void)opened;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *opened)
{
    (void)opened;
    return SECTOR_BYTES;
}

static int characteristics(sqlite3_file *opened)
{
    (void)opened;
    return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = do_nothing,
    .xRead = file_read_part,
    .xWrite = refuse_write,
    .xTruncate = refuse_truncate,
    .xSync = do_nothing_so,
    .xFileSize = file_size,
    .xLock = do_nothing_so,
    .xUnlock = do_nothing_so,
    .xCheckReservedLock = check_lock,
    .xFileControl = know_no_control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
};

static int open_main(sqlite3_vfs *system, const char *name, sqlite3_file *opened, int flags,
                     int *out_flags)
{
    struct open_file *file = (struct open_file *)(void *)opened;

    (void)name;
    file->base.pMethods = NULL;
    if (!(flags & SQLITE_OPEN_MAIN_DB))
        return SQLITE_CANTOPEN;
    file->file = system->pAppData;
    file->base.pMethods = &methods;
    if (out_flags)
        *out_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
    return SQLITE_OK;
}

static int refuse_delete(sqlite3_vfs *system, const char *name, int sync)
{
    (void)system;
    (void)name;
    (void)sync;
    return SQLITE_READONLY;
}

static int find_no_file(sqlite3_vfs *system, const char *name, int flags, int *out_there)
{
    (void)system;
    (void)name;
    (void)flags;
    *out_there = 0;
    return SQLITE_OK;
}

static int full_name(sqlite3_vfs *system, const char *name, int size, char *out_name)
{
    (void)system;
    return snprintf(out_name, (size_t)size, "%s", name) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* The same for every reading: nothing that comes of it may be seen. */
static int no_randomness(sqlite3_vfs *system, int length, char *out)
{
    (void)system;
    memset(out, 0, (size_t)length);
    return length;
}

static int no_sleep(sqlite3_vfs *system, int microseconds)
{
    (void)system;
    return microseconds;
}

static int no_time(sqlite3_vfs *system, double *out_days)
{
    (void)system;
    *out_days = 2440587.5; /* 1970-01-01, as a Julian day */
    return SQLITE_OK;
}

static int allow_reading(void *state, int action, const char *a, const char *b, const char *c,
                         const char *d)
{
    (void)state;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION
               ? SQLITE_OK
               : SQLITE_DENY;
}

static void set_limits(sqlite3 *database)
{
    static const struct {
        int limit, value;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, 64 << 20},   {SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
        {SQLITE_LIMIT_EXPR_DEPTH, 100},    {SQLITE_LIMIT_COMPOUND_SELECT, 3},
        {SQLITE_LIMIT_VDBE_OP, 100000},    {SQLITE_LIMIT_FUNCTION_ARG, 16},
        {SQLITE_LIMIT_ATTACHED, 0},        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 4}, {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        (void)sqlite3_limit(database, limits[i].limit, limits[i].value);
}

static void harden(sqlite3 *database)
{
    static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA,
                              SQLITE_DBCONFIG_ENABLE_TRIGGER,
                              SQLITE_DBCONFIG_ENABLE_VIEW,
                              SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
                              SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER,
                              SQLITE_DBCONFIG_DQS_DML,
                              SQLITE_DBCONFIG_DQS_DDL};

    (void)sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++)
        (void)sqlite3_db_config(database, off[i], 0, NULL);
    (void)sqlite3_exec(database,
                       "PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;"
                       "PRAGMA mmap_size=0; PRAGMA cache_size=-4096;",
                       NULL, NULL, NULL);
    set_limits(database);
    (void)sqlite3_set_authorizer(database, allow_reading, NULL);
}

int sqlite_file_open(struct sqlite_file *file, int fd, uint64_t size_bytes, int (*steps)(void *),
                     void *state)
{
    int status;

    *file = (struct sqlite_file){.fd = fd, .size_bytes = size_bytes};
    (void)snprintf(file->name, sizeof(file->name), "tahqiq-%p", (void *)file);
    file->system = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = sizeof(struct open_file),
        .mxPathname = NAME_BYTES,
        .zName = file->name,
        .pAppData = file,
        .xOpen = open_main,
        .xDelete = refuse_delete,
        .xAccess = find_no_file,
        .xFullPathname = full_name,
        .xRandomness = no_randomness,
        .xSleep = no_sleep,
        .xCurrentTime = no_time,
    };
    status = sqlite3_vfs_register(&file->system, 0);
    if (status != SQLITE_OK)
        return status;
    status = sqlite3_open_v2("exhibit", &file->database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                             file->name);
    if (status != SQLITE_OK)
        return status;
    harden(file->database);
    sqlite3_progress_handler(file->database, STEP_INSTRUCTIONS, steps, state);
    return SQLITE_OK;
}

void sqlite_file_close(struct sqlite_file *file)
{
    (void)sqlite3_close(file->database);
    if (file->name[0])
        (void)sqlite3_vfs_unregister(&file->system);
    file->database = NULL;
    file->name[0] = '\0';
}

void sqlite_file_tolerate(struct sqlite_file *file)
{
    /* Nothing can be written all the same. */
    (void)sqlite3_set_authorizer(file->database, NULL, NULL);
    (void)sqlite3_db_config(file->database, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    (void)sqlite3_exec(file->database, "PRAGMA writable_schema=ON", NULL, NULL, NULL);
    (void)sqlite3_set_authorizer(file->database, allow_reading, NULL);
}
