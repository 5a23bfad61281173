/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Databases of Microsoft Access (Jet 3 and 4, ACE), by libmdb: each table of the user's is a table.
 * The library asks pages of a memory that is the mapped file, and believes much of what they say:
 * what it does not survive costs this exhibit its reader, and is noted there.
 */
#include <float.h>
#include <iconv.h>
#include <inttypes.h>
#include <mdbtools.h>
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/access.h"
#include "extract/access_value.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/little_endian.h"
#include "extract/locked.h"
#include "extract/row_writer.h"

#define SIGNATURE_AT   4u
#define PAGE_BYTES     4096u
#define FILE_BYTES_MAX ((uint64_t)2 << 30)   /* of Access itself */
#define COLUMNS_MAX    255u                  /* likewise */
#define MAP_BYTES_MIN  5u                    /* of the pages of a table: kind and first page */
#define VALUE_BYTES    (CELL_BYTES_MAX + 16) /* longer ones are cut: a little more than a cell */

struct access_reading {
    const struct sink *sink;
    void *map;
    size_t map_bytes;
    MdbHandle *database;
    struct row_writer writer;
    struct arena arena;
    char *values; /* owned: of one row, VALUE_BYTES a column */
    size_t values_capacity;
    uint64_t rows_max; /* each takes two bytes at least, unless pages are shared */
    struct buf text;   /* of one cell */
    uint64_t objects, linked;
    bool is_listed; /* its list of tables can be read */
    struct note_kind damaged, short_tables;
};

/* The single-byte encodings of Access 97 are converted by modules of the C library that are files:
 * they stay loaded. */
void access_prepare(void)
{
    static iconv_t kept[2];
    static const char *const pages[] = {"WINDOWS-1252", "WINDOWS-1256"};

    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (!kept[i])
            kept[i] = iconv_open("UTF-8", pages[i]);
    }
}

static void reading_clear(struct access_reading *reading)
{
    mdb_close(reading->database);
    if (reading->map)
        (void)munmap(reading->map, reading->map_bytes);
    row_writer_clear(&reading->writer);
    arena_clear(&reading->arena);
    buf_clear(&reading->text);
    free(reading->values);
}

static void tabledef_cleanup(MdbTableDef **table)
{
    mdb_free_tabledef(*table);
}

static MdbColumn *column_of(const MdbTableDef *table, uint32_t number)
{
    return g_ptr_array_index(table->columns, number);
}

/* Pictures and attached files, and bytes that stand for no text. */
static bool is_object(const MdbColumn *column)
{
    return column->col_type == MDB_OLE || column->col_type == MDB_BINARY;
}

static bool is_number(const MdbColumn *column)
{
    return column->col_type == MDB_DATETIME || column->col_type == MDB_FLOAT
           || column->col_type == MDB_DOUBLE;
}

/* Whether the library can work with a table: a map that is too short it reads past its end. */
static bool is_sound(MdbTableDef *table)
{
    return table && table->num_cols <= COLUMNS_MAX && table->map_sz >= MAP_BYTES_MIN
           && mdb_read_columns(table) && table->columns->len >= table->num_cols;
}

/* Have room for the values of a row, and the library put them there. */
static int bind_columns(struct access_reading *reading, MdbTableDef *table, struct tq_error *err)
{
    int r = alloc_reserve(&reading->values, &reading->values_capacity, table->num_cols, VALUE_BYTES,
                          err);

    if (r < 0)
        return r;
    memset(reading->values, 0, (size_t)table->num_cols * VALUE_BYTES);
    for (uint32_t i = 0; i < table->num_cols; i++) {
        if (!is_number(column_of(table, i)))
            (void)mdb_bind_column(table, (int)i + 1, reading->values + (size_t)i * VALUE_BYTES,
                                  NULL);
    }
    return TQ_OK;
}

static int begin_table(struct access_reading *reading, const MdbTableDef *table,
                       struct tq_error *err)
{
    struct slice *headers = arena_alloc(&reading->arena, table->num_cols, sizeof(*headers));

    if (!headers)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < table->num_cols; i++)
        headers[i] = slice_of(column_of(table, i)->name);
    return row_writer_table(&reading->writer, slice_of(table->name), table->num_cols, headers, err);
}

/* The bytes of a value that is not bound to `values`: of the page, NULL if there are not so many.
 */
static void *bytes_of(const MdbTableDef *table, const MdbColumn *column, int length)
{
    MdbHandle *database = table->entry->mdb;
    int start = column->cur_value_start;

    return start > 0 && column->cur_value_len >= length && start + length <= MDB_PGSIZE
               ? database->pg_buf + start
               : NULL;
}

/* Moments and fractions, which the library rounds, or has wrong before 1900. */
static void show_number(struct access_reading *reading, const MdbTableDef *table,
                        const MdbColumn *column)
{
    void *bytes = bytes_of(table, column, column->col_type == MDB_FLOAT ? 4 : 8);

    if (!bytes)
        return;
    if (column->col_type == MDB_DATETIME)
        access_moment(&reading->text, mdb_get_double(bytes, 0));
    else if (column->col_type == MDB_FLOAT)
        access_fraction(&reading->text, (double)mdb_get_single(bytes, 0), FLT_DIG);
    else
        access_fraction(&reading->text, mdb_get_double(bytes, 0), DBL_DIG);
}

static int write_row(struct access_reading *reading, const MdbTableDef *table, uint64_t row,
                     struct tq_error *err)
{
    int r = TQ_OK;

    for (uint32_t i = 0; r == TQ_OK && i < table->num_cols; i++) {
        const MdbColumn *column = column_of(table, i);

        buf_empty(&reading->text);
        if (is_object(column))
            reading->objects += column->cur_value_len > 0;
        else if (is_number(column))
            show_number(reading, table, column);
        else
            buf_add_text(&reading->text, reading->values + (size_t)i * VALUE_BYTES);
        r = buf_check(&reading->text, err);
        if (r == TQ_OK)
            r = row_writer_cell(&reading->writer, buf_slice(&reading->text), err);
    }
    return r < 0 ? r : row_writer_row(&reading->writer, row, 0, err);
}

static int read_rows(struct access_reading *reading, MdbTableDef *table, struct tq_error *err)
{
    uint64_t row = 0;
    int r = TQ_OK;

    (void)mdb_rewind_table(table);
    while (r == TQ_OK && reading->writer.record <= reading->rows_max && mdb_fetch_row(table))
        r = write_row(reading, table, ++row, err);
    if (r == TQ_OK && row < table->num_rows)
        r = note_kind_add(&reading->short_tables, reading->sink, 0, err);
    return r;
}

static int read_table(struct access_reading *reading, MdbCatalogEntry *entry, struct tq_error *err)
{
    CLEANUP(tabledef_cleanup) MdbTableDef *table = mdb_read_table(entry);
    int r;

    if (!is_sound(table))
        return note_kind_add(&reading->damaged, reading->sink, 0, err);
    if (table->num_cols == 0)
        return TQ_OK;
    r = bind_columns(reading, table, err);
    if (r == TQ_OK)
        r = begin_table(reading, table, err);
    return r < 0 ? r : read_rows(reading, table, err);
}

/* What Access has said since 2007 of how it encrypted a database stands in its first page, behind
 * a length; it begins with a version, of four at most. */
static bool is_locked(const struct access_reading *reading)
{
    enum {
        LENGTH_AT = 0x299,
        VERSION_AT = LENGTH_AT + 2,
        BYTES_MIN = 8
    };
    const char *page = reading->map;
    unsigned major, minor;

    if (reading->map_bytes < PAGE_BYTES || memcmp(page + SIGNATURE_AT, "Standard ACE", 12) != 0
        || u16_of(page + LENGTH_AT) < BYTES_MIN)
        return false;
    major = u16_of(page + VERSION_AT);
    minor = u16_of(page + VERSION_AT + 2);
    return major >= 2 && major <= 4 && minor >= 2 && minor <= 4;
}

static int read_tables(struct access_reading *reading, struct tq_error *err)
{
    GPtrArray *catalog = mdb_read_catalog(reading->database, MDB_ANY);
    int r = TQ_OK;

    reading->is_listed = catalog != NULL;
    if (!catalog)
        return emit_note(reading->sink, 0, err,
                         "not read: its list of tables is damaged, or encrypted (Access can take "
                         "the password off; \"mdb-tables FILE\" tells more)");
    for (guint i = 0; r == TQ_OK && i < catalog->len; i++) {
        MdbCatalogEntry *entry = g_ptr_array_index(catalog, i);

        reading->linked += entry->object_type == MDB_LINKED_TABLE;
        if (mdb_is_user_table(entry))
            r = read_table(reading, entry, err);
    }
    if (r == TQ_OK && reading->writer.record > reading->rows_max)
        r = emit_note(reading->sink, 0, err,
                      "it has more rows than a file of its size can: not read further");
    return r;
}

static int finish(struct access_reading *reading, struct tq_error *err)
{
    int r = row_writer_finish(&reading->writer, err);

    if (r == TQ_OK)
        r = note_kind_finish(&reading->damaged, reading->sink, err);
    if (r == TQ_OK)
        r = note_kind_finish(&reading->short_tables, reading->sink, err);
    if (r == TQ_OK && reading->objects > 0)
        r = emit_note(reading->sink, 0, err, "%" PRIu64 " objects and binary values were left out",
                      reading->objects);
    if (r == TQ_OK && reading->linked > 0)
        r = emit_note(reading->sink, 0, err, "%" PRIu64 " linked tables: their rows are elsewhere",
                      reading->linked);
    if (r == TQ_OK && reading->writer.record == 0)
        r = emit_note(reading->sink, 0, err, "no rows were found");
    return r;
}

/* Values as the rest of the program writes them. */
static void set_forms(MdbHandle *database)
{
    mdb_set_bind_size(database, VALUE_BYTES);
    mdb_set_boolean_fmt_words(database);
}

static int read_database(struct access_reading *reading, const struct extract_input *input,
                         struct tq_error *err)
{
    int r;

    if (input->size_bytes > FILE_BYTES_MAX)
        return emit_note(reading->sink, 0, err, "not read: larger than Access makes them");
    reading->map_bytes = (size_t)input->size_bytes;
    reading->map = mmap(NULL, reading->map_bytes, PROT_READ, MAP_PRIVATE, input->fd, 0);
    if (reading->map == MAP_FAILED) {
        reading->map = NULL;
        return tq_no_memory(err);
    }
    reading->database = mdb_open_buffer(reading->map, reading->map_bytes, MDB_NOFLAGS);
    if (!reading->database)
        return emit_note(reading->sink, 0, err,
                         "not read: damaged, or of a version that libmdb does not know");
    set_forms(reading->database);
    if (is_locked(reading)) {
        r = locked_fact(reading->sink, err);
        return r < 0 ? r
                     : emit_note(reading->sink, 0, err,
                                 "encrypted: not read, Access encrypts databases in a way that is "
                                 "not opened here; Access itself takes the password off");
    }
    r = read_tables(reading, err);
    return r < 0 || !reading->is_listed ? r : finish(reading, err);
}

static int access_read(const struct extract_input *input, const struct extract_limits *limits,
                       const struct sink *sink, struct tq_error *err)
{
    CLEANUP(reading_clear)
    struct access_reading reading = {
        .sink = sink,
        .rows_max = input->size_bytes / 2,
        .damaged = {"a table is damaged: not read", 0},
        .short_tables = {"a table has fewer rows than it says: some are missing", 0},
    };
    int r = emit_type(sink, "access", err);

    (void)limits;
    row_writer_init(&reading.writer, sink);
    return r < 0 ? r : read_database(&reading, input, err);
}

static enum claim access_claim(struct slice head, const struct extract_input *input)
{
    struct slice name;

    (void)input;
    if (head.length < 32 || !slice_starts(head, slice_make("\0\1\0", 4)))
        return CLAIM_NONE;
    name = slice_skip(head, SIGNATURE_AT);
    return slice_starts(name, SLICE_LITERAL("Standard Jet DB"))
                   || slice_starts(name, SLICE_LITERAL("Standard ACE DB"))
               ? CLAIM_CERTAIN
               : CLAIM_NONE;
}

const struct format format_access = {"access", access_claim, access_read};
