/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/build.h"

#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "register/assemble.h"
#include "register/build_since.h"
#include "register/description.h"
#include "register/description_digest.h"
#include "register/import_csv.h"
#include "register/import_postgres.h"
#include "register/import_snapshots.h"
#include "register/refresh.h"
#include "register/reg_tables.h"
#include "register/seal.h"
#include "register/without_values.h"

DEFINE_CLEANUP(struct assemble *, assemble_free)
DEFINE_CLEANUP(struct reg *, reg_free)
DEFINE_CLEANUP(struct refresh *, refresh_free)

/* What a build is made of, besides the request. */
struct build {
    const struct build_request *request;
    struct description *description; /* owned */
    struct seal_key key;
    struct reg *old; /* owned; or NULL: no refresh */
    struct reg_source source;
    struct build_summary summary;
};

static void build_clear_cleanup(struct build *build)
{
    (void)description_free(build->description);
    (void)reg_free(build->old);
    seal_key_clear(&build->key);
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
static int import_tables(struct build *build, const struct import_request *import,
                         struct tq_error *err)
{
    const struct description *description = build->description;
    struct import_database database = {build->request->postgres,
                                       build->request->allow_writable_role, &build->source.as_of};
    struct import_counts counts = {0};
    int r = build->request->postgres ? import_postgres(import, &database, &counts, err) : TQ_OK;

    if (r < 0)
        return r;
    add_counts(&build->summary, &counts);
    for (size_t i = 0; i < description->table_count; i++) {
        r = import_files(import, &description->tables[i], &counts, err);
        if (r < 0)
            return r;
        add_counts(&build->summary, &counts);
    }
    build->summary.table_count = (uint32_t)description->table_count;
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

/* Which tables were read whole though the user wanted the changes only. */
static void tell_whole_tables(struct build *build, const struct refresh *refresh)
{
    const struct description *description = build->description;

    for (size_t i = 0; i < description->table_count; i++) {
        CLEANUP(buf_clear_cleanup) struct buf note = {0};

        if (refresh && !refresh_is_whole(refresh, i)) {
            build->summary.changed_table_count++;
            continue;
        }
        buf_format(&note,
                   "table '%s' was read whole: what changed in it cannot be told by known times",
                   description->tables[i].name);
        if (build->request->note && note.failed == TQ_OK)
            build->request->note(build->request->state, note.data);
    }
}

/* Without a database there are only files, which are read whole: a build like any other. */
static int start_refresh(const struct build *build, const struct import_request *import,
                         struct refresh **out_refresh, struct tq_error *err)
{
    struct refresh_request request = {.description = build->description,
                                      .old = build->old,
                                      .assemble = import->assemble,
                                      .fields = import->fields};

    if (!build->old || !build->request->postgres)
        return TQ_OK;
    request.since = build->old->source.as_of - build->request->margin_minutes;
    return refresh_new(&request, out_refresh, err);
}

/* All rows, and for a refresh the old facts, into a register. */
static int import_and_finish(struct build *build, struct import_request *import,
                             struct reg **out_reg, struct tq_error *err)
{
    CLEANUP(refresh_free_cleanup) struct refresh *refresh = NULL;
    int r = start_refresh(build, import, &refresh, err);

    if (r < 0)
        return r;
    import->refresh = refresh;
    r = import_tables(build, import, err);
    if (r < 0)
        return r;
    if (build->old)
        tell_whole_tables(build, refresh);
    if (refresh)
        refresh_end(refresh);
    return assemble_finish(import->assemble, FINISH_TO_SEAL, import->threads, out_reg, err);
}

static int assemble_once(struct build *build, struct reg **out_reg, struct tq_error *err)
{
    const struct build_request *request = build->request;
    CLEANUP(assemble_free_cleanup) struct assemble *assemble = NULL;
    CLEANUP(free_cleanup)
    uint16_t *fields = alloc_zeroed(build->description->field_count + 1, sizeof(*fields));
    struct import_request import = {.description = build->description,
                                    .fields = fields,
                                    .threads = request->threads ? request->threads : 1,
                                    .complain = request->complain,
                                    .progress = request->progress,
                                    .state = request->state};
    int r;

    if (!fields)
        return tq_no_memory(err);
    r = make_assemble(build->description, &build->key, &assemble, err);
    if (r == TQ_OK)
        r = define(build->description, assemble, fields, err);
    if (r < 0)
        return r;
    import.assemble = assemble;
    return import_and_finish(build, &import, out_reg, err);
}

/* A refresh needs the key of the old register; else one is made if it is missing. */
static int load_key(struct build *build, struct tq_error *err)
{
    const struct build_request *request = build->request;

    if (!request->since_path)
        return seal_key_load_or_make(request->key_path, &build->key, err);
    return seal_key_load(request->key_path, &build->key, err);
}

/* Everything that can be known before the work. */
static int prepare(struct build *build, struct tq_error *err)
{
    const struct build_request *request = build->request;
    int r = description_load(request->description_path, &build->description, err);

    if (r == TQ_OK)
        r = check_sources(request, build->description, err);
    if (r == TQ_OK)
        r = seal_check_target(request->out_path, err);
    if (r == TQ_OK)
        r = load_key(build, err);
    if (r == TQ_OK)
        r = seal_check_target(request->out_path, err); /* the key may be there now */
    if (r == TQ_OK && request->since_path)
        r = build_since_open(request->since_path, request->key_path, build->description,
                             &build->old, err);
    if (r == TQ_OK)
        r = description_digest(build->description, build->source.digest, err);
    build->source.told = true;
    build->source.as_of = (int32_t)(time(NULL) / 60);
    return r;
}

/* Every byte of the old register is authentic, also those that were not needed; now none is. */
static int close_old(struct build *build, struct tq_error *err)
{
    uint8_t ignored[SHA256_BYTES];
    int r = build->old ? reg_seal(build->old, ignored, err) : TQ_OK;

    build->old = reg_free(build->old);
    return r;
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
static int assemble_all(struct build *build, struct reg **out_reg, struct tq_error *err)
{
    const struct import_database database = {.conninfo = build->request->postgres,
                                             .allow_writable_role =
                                                 build->request->allow_writable_role};
    struct tq_error lost;
    int r = assemble_once(build, out_reg, &lost);

    if (r == TQ_E_LOST) {
        say_again(build->request, &lost);
        import_postgres_await(&database);
        build->summary = (struct build_summary){0};
        r = assemble_once(build, out_reg, &lost);
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
    CLEANUP(build_clear_cleanup) struct build build = {.request = request};
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    int r = prepare(&build, err);

    if (r == TQ_OK)
        r = assemble_all(&build, &reg, err);
    if (r == TQ_OK)
        r = close_old(&build, err);
    if (r < 0)
        return r;
    reg->source = build.source;
    count_facts(reg, &build.summary);
    if (request->fingerprints_only) {
        r = reg_without_values(TAKE(reg), request->threads, &reg, err);
        if (r < 0)
            return r;
    }
    r = reg_tables_set(reg, build.description, err);
    if (r < 0)
        return r;
    r = seal_write(reg, &build.key, request->out_path, request->threads, &build.summary.bytes, err);
    if (r == TQ_OK)
        *out_summary = build.summary;
    return r;
}
