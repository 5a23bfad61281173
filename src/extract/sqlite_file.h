/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_SQLITE_FILE_H
#define EXTRACT_SQLITE_FILE_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/error.h"

/*
 * A database of SQLite that is nothing but a descriptor: SQLite reads it through a file system of
 * one file that cannot be written, beside which there is no journal and no write-ahead log.
 */
struct sqlite_file {
    int fd; /* borrowed */
    uint64_t size_bytes;
    sqlite3_vfs system; /* registered as long as the database is open */
    char name[40];
    sqlite3 *database;
};

/*
 * Open it as hostile: defensive, schema not trusted, no triggers, views or extensions, and only
 * what a SELECT does. `steps` is called now and then and stops SQLite by returning non-zero.
 * Returns a status of SQLite; in any case close with sqlite_file_close(). Must not be moved.
 */
int sqlite_file_open(struct sqlite_file *file, int fd, uint64_t size_bytes, int (*steps)(void *),
                     void *state) MUST_CHECK;
void sqlite_file_close(struct sqlite_file *file);

/* Let SQLite go over entries of the schema that it cannot understand. */
void sqlite_file_tolerate(struct sqlite_file *file);

#endif
