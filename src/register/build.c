/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/build.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "register/assemble.h"
#include "register/description.h"
#include "register/import_csv.h"
#include "register/import_postgres.h"
#include "register/import_snapshots.h"
#include "register/seal.h"
#include "register/without_values.h"

DEFINE_CLEANUP(struct description *, description_free)
DEFINE_CLEANUP(struct assemble *, assemble_free)
DEFINE_CLEANUP(struct reg *, reg_free)

static void seal_key_clear_cleanup(struct seal_key *key)
{
    seal_key_clear(key);
}

static int make_assemble(const struct description *description, const struct seal_key *key,
                         struct assemble **out_assemble, struct tq_error *err)
{
    struct assemble_head head = {.name = slice_of(description->name),
                                 .country_code = slice_of(description->country_code),
                                 .timezone = slice_of(description->timezone)};

    memcpy(head.fingerprint_key, key->fingerprint, sizeof(head.fingerprint_key));
    return assemble_new(&head, out_assemble, err);
}

/* The description's kinds and fields; kinds keep their numbers. */
static int define(const struct description *description, struct assemble *assemble,
                  uint16_t *fields, struct tq_error *err)
{
    for (uint8_t i = 0; i < description->kind_count; i++) {
        uint8_t kind;
        int r = assemble_kind(assemble, slice_of(description->kinds[i]), &kind, err);

        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < description->field_count; i++) {
        const struct described_field *field = &description->fields[i];
        struct field_definition definition = {.name = slice_of(field->name),
                                              .type = field->type,
                                              .category = field->category,
                                              .kind = field->kind,
                                              .ref_kind = field->ref_kind,
                                              .periodic = field->periodic,
                                              .check = slice_of(field->check)};
        int r = assemble_field(assemble, &definition, &fields[i], err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static void add_counts(struct build_summary *summary, const struct import_counts *counts)
{
    summary->rows_read += counts->rows_read;
    summary->rows_refused += counts->rows_refused;
    summary->cells_refused += counts->cells_refused;
}

static int import_files(const struct import_request *import, const struct described_table *table,
                        struct import_counts *out_counts, struct tq_error *err)
{
    if (table->snapshots)
        return import_snapshots(import, table, out_counts, err);
    if (table->file)
        return import_csv(import, table, out_counts, err);
    *out_counts = (struct import_counts){0}; /* of the database, which came first */
    return TQ_OK;
}

/* The database first: what it refuses, it refuses before the work on files. */
static int import_tables(const struct build_request *request, const struct import_request *import,
                         struct build_summary *summary, struct tq_error *err)
{
    const struct description *description = import->description;
    struct import_database database = {request->postgres, request->allow_writable_role};
    struct import_counts counts = {0};
    int r = request->postgres ? import_postgres(import, &database, &counts, err) : TQ_OK;

    if (r < 0)
        return r;
    add_counts(summary, &counts);
    for (size_t i = 0; i < description->table_count; i++) {
        r = import_files(import, &description->tables[i], &counts, err);
        if (r < 0)
            return r;
        add_counts(summary, &counts);
    }
    summary->table_count = (uint32_t)description->table_count;
    return TQ_OK;
}

/* A database for the tables that need one, and tables for a database that is given. */
static int check_sources(const struct build_request *request, const struct description *description,
                         struct tq_error *err)
{
    bool used = false;

    for (size_t i = 0; i < description->table_count; i++) {
        const struct described_table *table = &description->tables[i];

        used |= table->sql || table->relation;
        if ((table->sql || table->relation) && !request->postgres)
            return tq_fail(err, TQ_E_USAGE,
                           "%s:%u: table '%s' is read from a database: give --postgres CONNINFO",
                           description->file, table->source_line, table->name);
    }
    if (request->postgres && !used)
        return tq_fail(err, TQ_E_USAGE,
                       "%s: every table has a 'file', so --postgres is of no use; a table of the "
                       "database has 'table' or 'sql' instead",
                       description->file);
    return TQ_OK;
}

static void count_facts(const struct reg *reg, struct build_summary *summary)
{
    for (uint16_t i = 0; i < reg->field_count; i++) {
        if (!reg->fields[i].derived)
            summary->facts += reg->fields[i].fact_count;
    }
}

static int assemble_once(const struct build_request *request, const struct description *description,
                         const struct seal_key *key, struct reg **out_reg,
                         struct build_summary *summary, struct tq_error *err)
{
    CLEANUP(assemble_free_cleanup) struct assemble *assemble = NULL;
    CLEANUP(free_cleanup)
    uint16_t *fields = alloc_zeroed(description->field_count + 1, sizeof(*fields));
    struct import_request import = {.description = description,
                                    .fields = fields,
                                    .threads = request->threads ? request->threads : 1,
                                    .complain = request->complain,
                                    .progress = request->progress,
                                    .state = request->state};
    int r;

    if (!fields)
        return tq_no_memory(err);
    r = make_assemble(description, key, &assemble, err);
    if (r < 0)
        return r;
    r = define(description, assemble, fields, err);
    if (r < 0)
        return r;
    import.assemble = assemble;
    r = import_tables(request, &import, summary, err);
    if (r < 0)
        return r;
    return assemble_finish(assemble, FINISH_TO_SEAL, import.threads, out_reg, err);
}

static void say_again(const struct build_request *request, const struct tq_error *lost)
{
    CLEANUP(buf_clear_cleanup) struct buf message = {0};

    if (!request->complain)
        return;
    buf_format(&message, "%s; all is read anew, from a new snapshot", lost->message);
    if (message.failed == TQ_OK)
        request->complain(request->state, message.data);
}

/* All of a register is of one moment. If that is lost, nothing of the first try is of use; a second
 * one mostly meets a server that was only started anew. */
static int assemble_all(const struct build_request *request, const struct description *description,
                        const struct seal_key *key, struct reg **out_reg,
                        struct build_summary *summary, struct tq_error *err)
{
    const struct import_database database = {request->postgres, request->allow_writable_role};
    struct tq_error lost;
    int r = assemble_once(request, description, key, out_reg, summary, &lost);

    if (r == TQ_E_LOST) {
        say_again(request, &lost);
        import_postgres_await(&database);
        *summary = (struct build_summary){0};
        r = assemble_once(request, description, key, out_reg, summary, &lost);
    }
    if (r == TQ_E_LOST)
        return tq_fail(err, r,
                       "%s, for the second time: run the command again when the server "
                       "is at rest",
                       lost.message);
    if (r < 0)
        *err = lost;
    return r;
}

int register_build(const struct build_request *request, struct build_summary *out_summary,
                   struct tq_error *err)
{
    CLEANUP(description_free_cleanup) struct description *description = NULL;
    CLEANUP(seal_key_clear_cleanup) struct seal_key key = {0};
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    struct build_summary summary = {0};
    int r = description_load(request->description_path, &description, err);

    if (r == TQ_OK)
        r = check_sources(request, description, err);
    if (r == TQ_OK)
        r = seal_check_target(request->out_path, err);
    if (r == TQ_OK)
        r = seal_key_load_or_make(request->key_path, &key, err);
    if (r == TQ_OK)
        r = seal_check_target(request->out_path, err); /* the key may be there now */
    if (r < 0)
        return r;
    r = assemble_all(request, description, &key, &reg, &summary, err);
    if (r < 0)
        return r;
    count_facts(reg, &summary);
    if (request->fingerprints_only) {
        r = reg_without_values(TAKE(reg), request->threads, &reg, err);
        if (r < 0)
            return r;
    }
    r = seal_write(reg, &key, request->out_path, request->threads, &summary.bytes, err);
    if (r < 0)
        return r;
    *out_summary = summary;
    return TQ_OK;
}
